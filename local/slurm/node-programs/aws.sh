#!/bin/bash
# Stands for the AWS CLI on a head node, which has no way to the emulator here: leaves the command where the site finds
# it and ends as the site answers. It stands at the place where ParallelCluster's images have their own.
set -euo pipefail
request=$(mktemp --directory /var/spool/aws/.XXXXXXXX)
printf '%s\0' "$@" >"$request/arguments"
# An argument that names a file is read here: the site opens nothing of the cluster's but what is in this folder.
for argument in "$@"; do
  if [[ $argument == file://* ]]; then cp "${argument#file://}" "$request/file"; fi
done
asked=/var/spool/aws/${request##*/.}
mv "$request" "$asked"
for _ in $(seq 600); do
  if [[ -e $asked/answer ]]; then
    error=$(<"$asked/answer")
    if [[ -z $error && -e $asked/output ]]; then cp "$asked/output" "${!#}"; fi
    rm --recursive "$asked"
    if [[ -z $error ]]; then exit 0; fi
    echo "$error" >&2
    exit 254
  fi
  sleep 0.1
done
rm --recursive "$asked"
echo 'The site did not answer within a minute.' >&2
exit 255
