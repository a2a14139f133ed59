#!/bin/bash
# Gives a node /project and /scratch on the shared storage that is mounted at a directory: /lustre, or /home without it.
# Args: user, directory, then which of them: project, scratch. Safe to run twice, and on many nodes at once.
set -euo pipefail

refuse() {
  echo "storage.sh: $1" >&2
  exit 2
}

[[ $# -ge 3 ]] || refuse 'wants a user, a directory, and project, scratch or both'
user=$1 shared=$2
shift 2
id "$user" >/dev/null 2>&1 || refuse "there is no user $user: users.sh comes first"
[[ $shared =~ ^/[a-z][a-z0-9-]*$ ]] || refuse 'the directory must be one below /'
for name in "$@"; do
  [[ $name == project || $name == scratch ]] || refuse "there is no $name, only project and scratch"
done
# Without this a file system that failed to mount would go unnoticed until the node's disk is full.
mountpoint --quiet "$shared" || refuse "nothing is mounted at $shared"

# A directory that the user alone has from here on; a data repository association makes its own as root, open to all.
# Its parent is root's, so that no user can put something else in its place.
own() {
  [[ -L $1 ]] && refuse "$1 is a link"
  mkdir --parents "$1"
  if [[ $(stat --format %u "$1") == 0 ]]; then
    chmod 0700 "$1"
    chown --no-dereference "$user:" "$1"
  fi
}
# A directory that nobody but root writes to.
keep() {
  [[ -L $1 ]] && refuse "$1 is a link"
  mkdir --parents "$1"
  # Where the site mounts it read-only it is root's already.
  mountpoint --quiet "$1" || { chown root: "$1" && chmod 0755 "$1"; }
}

for name in "$@"; do
  if [[ $name == project ]]; then
    keep "$shared/project"
    keep "$shared/project/public"
    own "$shared/project/private"
  else
    own "$shared/scratch"
  fi
  if mountpoint --quiet "/$name"; then
    continue # the site mounts the same directory there itself
  fi
  if [[ -d /$name && ! -L /$name ]]; then
    rmdir "/$name" || refuse "/$name is a directory of the node and not empty"
  fi
  ln --symbolic --force --no-dereference "$shared/$name" "/$name"
done
