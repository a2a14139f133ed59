#!/bin/bash
# A pretended node: runs the bash program on stdin as root in a root directory, network and process tree of its own,
# where /etc is a copy, /home and /lustre are mounted and the rest is the machine's, so that nothing outside changes.
set -euo pipefail
root=/mnt # a mount over it is seen by nobody else
mount -t tmpfs -o mode=0755 tmpfs "$root"
for entry in /*; do
  name=${entry#/}
  case $name in
    etc) cp --archive /etc "$root/etc" ;;
    usr | bin | sbin | lib*)
      if [[ -L $entry ]]; then
        cp --no-dereference "$entry" "$root/$name"
      else
        mkdir "$root/$name"
        mount --bind --options ro "$entry" "$root/$name"
      fi
      ;;
  esac
done
mkdir -p "$root"/{dev,proc,run/sshd,tmp,root,var/log,scripts,home,lustre}
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount --bind --options ro "$1" "$root/scripts"
mount -t tmpfs -o mode=0755 tmpfs "$root/home"
mount -t tmpfs -o mode=0755 tmpfs "$root/lustre"
if command -v ip >/dev/null; then ip link set lo up; fi
exec env --ignore-environment PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  chroot "$root" /bin/bash -euo pipefail
