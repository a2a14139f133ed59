#!/bin/bash
# What EC2 is to a ParallelCluster: starts and stops compute nodes, one slurmd each, as resume.sh and suspend.sh ask.
# It runs beside slurmctld with the rights to run jobs as their users, which slurmctld does not have.
# shellcheck source=/dev/null # written beside it when the cluster is booted
. "$(dirname "$0")/site.env"

start() {
  # A host name of its own per node, so that jobs report the node they ran on; an ordinary user has no right to it.
  if [ "$OWN_HOSTNAMES" = yes ]; then
    # shellcheck disable=SC2016 # the inner shell expands them
    unshare --uts -- /bin/bash -c 'echo "$1" >/proc/sys/kernel/hostname; exec slurmd -b -f "$2" -N "$1"' \
      slurmd "$1" "$SLURM_CONF"
  else
    slurmd -b -f "$SLURM_CONF" -N "$1"
  fi
}

stop() {
  if [ -s "$RUN/slurmd.$1.pid" ]; then kill "$(cat "$RUN/slurmd.$1.pid")"; fi
}

exec 3<>"$NODE_REQUESTS"
while read -r verb node <&3; do
  grep -qxF -- "$node" "$(dirname "$0")/nodes" || continue
  case $verb in
    start) start "$node" 3<&- & ;;
    stop) stop "$node" ;;
  esac
done >>"$LOG/node-launcher.log" 2>&1
