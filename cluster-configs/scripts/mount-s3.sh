#!/bin/bash
# Mounts the buckets of a cluster without Lustre by Mountpoint for S3: /project/public to read, /project/private to read
# and write for the user alone. Leaves alone what the site has mounted there itself. Safe to run twice.
# Args: user, region, public s3:// address, private s3:// address, address of an archive of packages, its SHA-256.
set -euo pipefail

refuse() {
  echo "mount-s3.sh: $1" >&2
  exit 2
}

[[ $# -eq 6 ]] || refuse 'wants six arguments: user, region, public, private, packages, checksum'
user=$1 region=$2 packages=$5 checksum=$6
id "$user" >/dev/null 2>&1 || refuse "there is no user $user: users.sh comes first"
[[ $region =~ ^[a-z]{2}(-[a-z]+)+-[0-9]$ ]] || refuse 'the region must be as in eu-west-1'
address='^s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(([A-Za-z0-9._-]+/)*)$'
[[ $3 =~ $address ]] || refuse 'the public address must be as in s3://bucket/'
public_bucket=${BASH_REMATCH[1]} public_prefix=${BASH_REMATCH[2]}
[[ $4 =~ $address ]] || refuse 'the private address must be as in s3://bucket/prefix/'
private_bucket=${BASH_REMATCH[1]} private_prefix=${BASH_REMATCH[2]}
# An empty one would be every project's.
[[ -n $private_prefix ]] || refuse 'the private address must have a prefix'
# ParallelCluster's images have an AWS CLI of their own, by which the node itself was set up.
for bin in /opt/parallelcluster/pyenv/versions/*/envs/cookbook_virtualenv/bin; do PATH=$bin:$PATH; done

# The package comes from our own bucket, since the node reaches nothing else; the archive holds what it depends on, too.
install_mountpoint() {
  [[ $packages =~ ^s3://[A-Za-z0-9._/-]+$ && $checksum =~ ^[0-9a-f]{64}$ ]] ||
    refuse 'this site has no package of Mountpoint for S3: see storage.mountpoint in bin/app.ts'
  local folder
  folder=$(mktemp --directory)
  aws s3 cp --only-show-errors --region "$region" "$packages" "$folder/packages.tar" ||
    refuse "$packages cannot be read: has it been uploaded?"
  sha256sum --check --status <<<"$checksum  $folder/packages.tar" ||
    refuse "$packages is not the one whose checksum the site names"
  tar --extract --no-same-owner --directory "$folder" --file "$folder/packages.tar"
  rpm --upgrade --replacepkgs "$folder"/*.rpm
  rm --recursive "$folder"
}

# A unit per mount, so that it is there again after a restart of the node.
mount_bucket() {
  local directory=$1 bucket=$2 prefix=$3
  shift 3
  local unit="hpc-project-${directory##*/}.service"
  local options=(--region "$region" --allow-other "$@")
  [[ -z $prefix ]] || options+=(--prefix "$prefix")
  cat >"/etc/systemd/system/$unit" <<UNIT
[Unit]
Description=$directory from s3://$bucket/$prefix
Wants=network-online.target
After=network-online.target

[Service]
Type=forking
ExecStart=$(command -v mount-s3) $bucket $directory ${options[*]}
ExecStop=/usr/bin/umount $directory

[Install]
WantedBy=multi-user.target
UNIT
  systemctl daemon-reload
  systemctl enable --now "$unit"
  mountpoint --quiet "$directory" || refuse "$directory is not mounted: see journalctl --unit $unit"
}

install --directory --mode 0755 /project
for name in public private; do
  mountpoint --quiet "/project/$name" || install --directory --mode 0755 "/project/$name"
done
if ! mountpoint --quiet /project/public || ! mountpoint --quiet /project/private; then
  command -v mount-s3 >/dev/null || install_mountpoint
fi
mountpoint --quiet /project/public ||
  mount_bucket /project/public "$public_bucket" "$public_prefix" --read-only --dir-mode 0755 --file-mode 0644
mountpoint --quiet /project/private ||
  mount_bucket /project/private "$private_bucket" "$private_prefix" --allow-delete --allow-overwrite \
    --uid "$(id --user "$user")" --gid "$(id --group "$user")" --dir-mode 0700 --file-mode 0600
# A site that mounts it itself does so as root.
if [[ $(stat --format %u /project/private) == 0 ]]; then
  chmod 0700 /project/private
  chown "$user:" /project/private
fi
