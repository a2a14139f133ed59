#!/bin/bash
# Tells login shells, and the jobs that are submitted from them, whose cluster this is and where its data are.
# Args: virtual lab, project, cluster name. Safe to run twice.
set -euo pipefail

refuse() {
  echo "environment.sh: $1" >&2
  exit 2
}

[[ $# -eq 3 ]] || refuse 'wants three arguments: virtual lab, project, cluster name'
for value in "$@"; do
  # Nothing in such a value means anything to a shell, so it needs no quotes below.
  [[ $value =~ ^[A-Za-z0-9][A-Za-z0-9-]{0,63}$ ]] || refuse 'an argument must be 1 to 64 letters, digits or "-"'
done

install --directory --mode 0755 /etc/profile.d
new=$(mktemp /etc/profile.d/.hpc-provisioner.XXXXXX)
cat >"$new" <<PROFILE
export HPC_VIRTUAL_LAB=$1
export HPC_PROJECT=$2
export HPC_CLUSTER=$3
export PROJECT=/project
export SCRATCH=/scratch
PROFILE
chmod 0644 "$new"
mv --force "$new" /etc/profile.d/hpc-provisioner.sh
