#!/bin/bash
# Slurm's PrologSlurmctld: ends when the job's nodes have registered. Without it a batch job on woken nodes starts
# only in slurmctld's next round, up to 30 seconds later.
# shellcheck source=/dev/null # written beside it when the cluster is booted
. "$(dirname "$0")/site.env"
wanted=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | wc -l)
for _ in $(seq 600); do
  # The marks # ~ * % stand for nodes that power up, are off, do not answer or power down.
  awake=$(sinfo --noheader --Node --partition="$SLURM_JOB_PARTITION" --nodes="$SLURM_JOB_NODELIST" --format=%T |
    grep --count --invert-match '[#~*%]')
  if [ "$awake" -ge "$wanted" ]; then exit 0; fi
  sleep 0.1
done
exit 1
