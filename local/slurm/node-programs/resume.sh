#!/bin/bash
# Slurm's ResumeProgram: asks for the nodes of the host list to be started.
# shellcheck source=/dev/null # written beside it when the cluster is booted
. "$(dirname "$0")/site.env"
for node in $(scontrol show hostnames "$1"); do echo "start $node" >"$NODE_REQUESTS"; done
