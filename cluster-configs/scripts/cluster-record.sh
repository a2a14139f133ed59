#!/bin/bash
# Writes down what the cluster is, where it outlives the cluster: /home/.hpc-provisioner/cluster.json, root's, for all to
# read. The head node's. Safe to run twice; who reads meanwhile reads the whole of the old or of the new one.
# Args: cluster, deployment, virtual lab, project, region, user.
set -euo pipefail

refuse() {
  echo "cluster-record.sh: $1" >&2
  exit 2
}

[[ $# -eq 6 ]] || refuse 'wants six arguments: cluster, deployment, virtual lab, project, region, user'
for value in "$@"; do
  # Nothing in such a value has to be escaped in JSON.
  [[ $value =~ ^[A-Za-z0-9][A-Za-z0-9-]{0,63}$ ]] || refuse 'an argument must be 1 to 64 letters, digits or "-"'
done
cluster=$1 deployment=$2 lab=$3 project=$4 region=$5 user=$6
account=$(getent passwd "$user") || refuse "there is no user $user: users.sh comes first"
IFS=: read -r _ _ uid gid _ home _ <<<"$account"
mountpoint --quiet /home || refuse 'nothing is mounted at /home'

# Slurm and the system name their own things plainly; what does not is left out.
json_list() { grep -E '^[A-Za-z0-9./:_-]+$' | sed 's/.*/"&"/' | paste --serial --delimiters ',' || true; }
queues=$(PATH=$PATH:/opt/slurm/bin sinfo --noheader --format %R | sort --unique | json_list)
addresses=$(ip -4 -oneline addr show scope global | awk '{ sub("/.*", "", $4); print $4 }' | json_list)
mounts=$(for path in /home /lustre /project/public /project/private; do
  if mountpoint --quiet "$path"; then echo "$path"; fi
done | json_list)

folder=/home/.hpc-provisioner
install --directory --mode 0755 --owner root --group root "$folder"
new=$(mktemp "$folder/.cluster.XXXXXX")
cat >"$new" <<JSON
{
  "name": "$cluster",
  "deployment": "$deployment",
  "virtualLab": "$lab",
  "project": "$project",
  "region": "$region",
  "headNode": { "hostname": "$(hostname)", "addresses": [$addresses] },
  "queues": [$queues],
  "mounts": [$mounts],
  "users": [{ "name": "$user", "uid": $uid, "gid": $gid, "home": "$home" }],
  "environment": {
    "HPC_VIRTUAL_LAB": "$lab",
    "HPC_PROJECT": "$project",
    "HPC_CLUSTER": "$cluster",
    "PROJECT": "/project",
    "SCRATCH": "/scratch"
  },
  "writtenAt": "$(date --utc +%Y-%m-%dT%H:%M:%SZ)"
}
JSON
chmod 0644 "$new"
mv --force "$new" "$folder/cluster.json"
