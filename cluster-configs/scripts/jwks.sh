#!/bin/bash
# Brings the identity provider's keys from S3 to where Slurm reads them, before slurmctld starts, and keeps them fresh: a
# timer runs this again every five minutes. Slurm reads the keys only when it starts, so its daemons are started again
# when they have changed, which jobs do not notice.
# Args: the s3:// address of the keys, the region. Safe to run twice.
set -euo pipefail

refuse() {
  echo "jwks.sh: $1" >&2
  exit 2
}

[[ $# -eq 2 ]] || refuse 'wants two arguments: s3 address, region'
address=$1 region=$2
[[ $address =~ ^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9._/-]+$ ]] || refuse 'the address must be as in s3://bucket/key'
[[ $region =~ ^[a-z]{2}(-[a-z]+)+-[0-9]+$ ]] || refuse 'the region must be as in eu-west-1'

keys=/opt/slurm/etc/jwks.json
program=/usr/local/sbin/hpc-jwks
# ParallelCluster's images have an AWS CLI of their own, by which the node itself was set up.
for bin in /opt/parallelcluster/pyenv/versions/*/envs/cookbook_virtualenv/bin; do PATH=$bin:$PATH; done

# A site without systemd brings the keys itself, and starts Slurm again itself.
if [[ ! -d /run/systemd/system || $(cat /proc/1/comm) != systemd ]]; then
  [[ -s $keys ]] || refuse "the site has not brought $keys"
  exit 0
fi

# At OnNodeStart ParallelCluster has not made it yet; it does so with the same owner and mode.
install --directory --mode 0755 "${keys%/*}"
# The function that fetches the keys may not have run yet when the first cluster is made.
tries=1
[[ -e $keys ]] || tries=20
new=$(mktemp "$keys.XXXXXX")
trap 'rm --force "$new"' EXIT
until aws s3 cp --only-show-errors --region "$region" "$address" "$new"; do
  tries=$((tries - 1))
  ((tries > 0)) || refuse "cannot read $address: does it exist, and may this node read it?"
  sleep 15
done
[[ $(head --bytes 10 "$new") == '{"keys":[{' ]] || refuse "$address is no set of keys"
# Slurm refuses a file that others may write.
chmod 0644 "$new"

daemons=()
for daemon in slurmdbd slurmctld; do
  if systemctl is-active --quiet "$daemon"; then daemons+=("$daemon"); fi
done

start_again() {
  local daemon
  for daemon in "${daemons[@]}"; do systemctl restart "$daemon"; done
  # They count as started at once, and say what they think of the keys a moment later.
  sleep 5
  for daemon in "${daemons[@]}"; do systemctl is-active --quiet "$daemon" || return 1; done
}

if [[ ! -e $keys ]]; then
  mv "$new" "$keys"
elif ! cmp --silent "$new" "$keys"; then
  ! cmp --silent "$new" "$keys.refused" || refuse 'Slurm did not start with these keys before: the ones of before stay'
  cp "$keys" "$keys.before"
  mv "$new" "$keys"
  if ! start_again; then
    mv "$keys" "$keys.refused"
    mv "$keys.before" "$keys"
    start_again || refuse 'Slurm starts neither with the new keys nor with the ones of before: see /var/log/slurmctld.log'
    refuse 'Slurm does not start with the new keys: the ones of before are back'
  fi
  rm --force "$keys.before" "$keys.refused"
fi

[[ ${BASH_SOURCE[0]} != "$program" ]] || exit 0
install --mode 0755 "${BASH_SOURCE[0]}" "$program"
cat >/etc/systemd/system/hpc-jwks.service <<UNIT
[Unit]
Description=Fresh keys of the identity provider for Slurm
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=$program $address $region
UNIT
cat >/etc/systemd/system/hpc-jwks.timer <<UNIT
[Unit]
Description=Looks for fresh keys of the identity provider

[Timer]
OnCalendar=*:0/5
# Clusters do not all look, and start Slurm again, in the same second.
RandomizedDelaySec=60

[Install]
WantedBy=timers.target
UNIT
systemctl daemon-reload
systemctl enable --now hpc-jwks.timer
