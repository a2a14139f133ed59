#!/bin/bash
# Keeps a node trusting the SSH keys that its cluster has now: a service looks every few seconds for a text in S3, which is
# there once new keys were asked for, and does what it says. The head node confirms that in the deployment's log group.
# Args: the s3:// address of the text, region, user, log group or none. Safe to run twice.
set -euo pipefail

refuse() {
  echo "node-keys.sh: $1" >&2
  exit 2
}

watches=no
if [[ ${1-} == watch ]]; then watches=yes && shift; fi
[[ $# -eq 4 ]] || refuse 'wants four arguments: s3 address, region, user, log group or none'
address=$1 region=$2 user=$3 group=$4
[[ $address =~ ^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9._/-]+$ ]] || refuse 'the address must be as in s3://bucket/key'
[[ $region =~ ^[a-z]{2}(-[a-z]+)+-[0-9]+$ ]] || refuse 'the region must be as in eu-west-1'
[[ $user =~ ^[a-z][a-z0-9-]{0,30}$ ]] || refuse 'the user must be a plain name in lower case'
[[ $group == none || $group =~ ^/[A-Za-z0-9_./#-]{1,511}$ ]] || refuse 'the log group must be a name that begins with /, or none'

program=/opt/hpc-provisioner/node-keys.sh
folder=/var/lib/hpc-node-keys
stream=keys
# ParallelCluster's images have an AWS CLI of their own, by which the node itself was set up.
for bin in /opt/parallelcluster/pyenv/versions/*/envs/cookbook_virtualenv/bin; do PATH=$bin:$PATH; done
has_systemd=no
if [[ -d /run/systemd/system && $(cat /proc/1/comm) == systemd ]]; then has_systemd=yes; fi

replace() {
  local new
  new=$(mktemp "$1.XXXXXX")
  cat >"$new"
  chmod --reference="$1" "$new"
  chown --reference="$1" "$new"
  mv --force "$new" "$1"
}

# Not the text of such an object, or one that would lock somebody out, changes nothing.
check() {
  local line='^(state [a-z0-9-]{1,64}|(trust|drop) (user|admin) AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43})$'
  ! grep --quiet --invert-match --extended-regexp "$line" "$1" &&
    [[ $(grep --count '^state ' "$1") == 1 ]] &&
    grep --quiet '^trust user ' "$1" && grep --quiet '^trust admin ' "$1"
}

keys() { sed --quiet "s/^$2 //p" "$1"; }

# The user has the keys of the text and no other.
trust_user() {
  keys "$1" 'trust user' | sed 's/^/ssh-ed25519 /' | replace "/etc/ssh/authorized_keys.d/$user"
}

# The admin's file has keys of others, too: of ParallelCluster, and of whoever was given one by hand.
trust_admin() {
  local admin=ec2-user home file known
  if [[ -r /etc/parallelcluster/cfnconfig ]]; then
    admin=$(sed --quiet 's/^cfn_cluster_user=//p' /etc/parallelcluster/cfnconfig)
  fi
  home=$(getent passwd "${admin:-ec2-user}" | cut --delimiter=: --fields=6)
  file=$home/.ssh/authorized_keys
  [[ -f $file && ! -L $file ]] || return 0
  known=$(mktemp "$folder/known.XXXXXX")
  { keys "$1" 'trust admin' && keys "$1" 'drop admin'; } >"$known"
  { grep --invert-match --fixed-strings --file="$known" "$file" || true
    keys "$1" 'trust admin' | sed 's/^/ssh-ed25519 /'; } | replace "$file"
  rm "$known"
}

confirm() {
  local said
  [[ $group != none ]] || return 0
  said=$(aws logs create-log-stream --region "$region" --log-group-name "$group" --log-stream-name "$stream" 2>&1) ||
    [[ $said == *ResourceAlreadyExists* ]] || { echo "node-keys.sh: $said" >&2 && return 1; }
  printf '[{"timestamp":%s,"message":"{\\"state\\":\\"%s\\"}"}]' "$(date +%s%3N)" "$(keys "$1" state)" >"$folder/events"
  aws logs put-log-events --region "$region" --log-group-name "$group" --log-stream-name "$stream" \
    --log-events "file://$folder/events" >/dev/null
}

look() {
  local new=$folder/new
  # Without the text, as before the first time that new keys are asked for, all stays as it is.
  aws s3 cp --only-show-errors --region "$region" "$address" "$new" 2>/dev/null || return 0
  ! cmp --silent "$new" "$folder/done" || return 0
  check "$new" || { echo "node-keys.sh: $address is no list of keys" >&2 && return 1; }
  trust_user "$new" && trust_admin "$new" && confirm "$new" && mv "$new" "$folder/done"
}

if [[ $watches == yes ]]; then
  # Where there is no systemd the site itself carries out what is asked of AWS.
  seconds=20
  if [[ $has_systemd == no ]]; then seconds=2; fi
  while true; do
    look || true
    sleep "$seconds"
  done
fi

[[ -f /etc/ssh/authorized_keys.d/$user ]] || refuse "nothing trusts $user: users.sh comes first"
install --directory --mode 0755 "${program%/*}"
install --directory --mode 0700 "$folder"
new=$(mktemp "$program.XXXXXX")
cp "${BASH_SOURCE[0]}" "$new"
chmod 0755 "$new"
mv --force "$new" "$program"
if [[ $has_systemd == no ]]; then
  # One that was started before goes.
  if [[ -s $folder/watch.pid ]]; then kill "$(<"$folder/watch.pid")" 2>/dev/null || true; fi
  setsid "$program" watch "$@" </dev/null >>/var/log/hpc-node-keys.log 2>&1 &
  echo $! >"$folder/watch.pid"
  exit 0
fi
cat >/etc/systemd/system/hpc-node-keys.service <<UNIT
[Unit]
Description=The SSH keys that this cluster has now
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=$program watch $address $region $user $group
Restart=always
RestartSec=5

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable hpc-node-keys.service
systemctl restart hpc-node-keys.service
