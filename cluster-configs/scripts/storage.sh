#!/bin/bash
# Gives a node /project and /scratch on the shared storage that is mounted at a directory: /lustre, or /home without it.
# Args: user, directory. Safe to run twice, and on many nodes at once.
set -euo pipefail

refuse() {
  echo "storage.sh: $1" >&2
  exit 2
}

[[ $# -eq 2 ]] || refuse 'wants two arguments: user, directory'
user=$1 shared=$2
id "$user" >/dev/null 2>&1 || refuse "there is no user $user: users.sh comes first"
[[ $shared =~ ^/[a-z][a-z0-9-]*$ ]] || refuse 'the directory must be one below /'
# Without this a file system that failed to mount would go unnoticed until the node's disk is full.
mountpoint --quiet "$shared" || refuse "nothing is mounted at $shared"

# A directory that the user has from here on, mode and all; a data repository association makes its own as root.
# The user may have put a link in its place by the time the next node comes: root follows none.
own() {
  [[ -L $1 ]] || mkdir --parents "$1"
  if [[ $(stat --format %u "$1") == 0 ]]; then
    chown --no-dereference "$user:" "$1"
  fi
}

own "$shared/project"
own "$shared/project/private"
[[ -L $shared/project/public ]] || mkdir --parents "$shared/project/public"
own "$shared/scratch"

for name in project scratch; do
  if mountpoint --quiet "/$name"; then
    continue # the site mounts the same directory there itself
  fi
  if [[ -d /$name && ! -L /$name ]]; then
    rmdir "/$name" || refuse "/$name is a directory of the node and not empty"
  fi
  ln --symbolic --force --no-dereference "$shared/$name" "/$name"
done
