#!/bin/bash
# Slurm's REST API on the head node: slurmrestd under a user of its own, which takes the identity provider's tokens only.
# jwks.sh has brought the keys for them before slurmctld started.
# Args: port, the claim of a token that names its Slurm user. Safe to run twice.
set -euo pipefail

refuse() {
  echo "slurmrestd.sh: $1" >&2
  exit 2
}

[[ $# -eq 2 ]] || refuse 'wants two arguments: port, claim'
port=$1 claim=$2
[[ $port =~ ^[1-9][0-9]{3,4}$ ]] || refuse 'the port must be a number from 1000'
[[ $claim =~ ^[A-Za-z][A-Za-z0-9_.-]{0,63}$ ]] || refuse 'the claim must be a plain name'
slurmrestd=/opt/slurm/sbin/slurmrestd
[[ -x $slurmrestd ]] || refuse "this image has no $slurmrestd"

# Neither root nor Slurm's own user, as which it refuses to run.
getent group slurmrestd >/dev/null || groupadd --system slurmrestd
getent passwd slurmrestd >/dev/null ||
  useradd --system --gid slurmrestd --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin slurmrestd

# A site without systemd starts it itself.
if [[ ! -d /run/systemd/system || $(cat /proc/1/comm) != systemd ]]; then exit 0; fi

# slurmctld's lines are in slurm.conf from the start; slurmdbd's file is ParallelCluster's, which leaves it alone once it
# is there. What it accounts for meanwhile waits in slurmctld.
accounting=/opt/slurm/etc/slurmdbd.conf
lines="AuthAltTypes=auth/jwt
AuthAltParameters=jwks=/opt/slurm/etc/jwks.json,userclaimfield=$claim"
if [[ -e $accounting && $(grep --ignore-case '^AuthAlt' "$accounting") != "$lines" ]]; then
  sed --in-place '/^AuthAlt/Id' "$accounting"
  printf '%s\n' "$lines" >>"$accounting"
  systemctl restart slurmdbd
fi

cat >/etc/systemd/system/slurmrestd.service <<UNIT
[Unit]
Description=Slurm REST API
Wants=network-online.target
After=network-online.target munge.service slurmctld.service

[Service]
User=slurmrestd
Group=slurmrestd
# Whose token a request brings is who asks; slurmrestd itself is nobody.
Environment=SLURM_JWT=daemon
ExecStart=$slurmrestd -a rest_auth/jwt 0.0.0.0:$port
Restart=always
RestartSec=5
NoNewPrivileges=true
ProtectSystem=strict
ProtectHome=true
PrivateTmp=true

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable slurmrestd
systemctl restart slurmrestd
# It counts as started at once, and says what it lacks a moment later.
sleep 2
systemctl is-active --quiet slurmrestd || refuse 'slurmrestd does not stay up: see journalctl --unit slurmrestd'
