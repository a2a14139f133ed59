#!/bin/bash
# Process 1 of a cluster's namespaces. It makes the cluster's own root file system, tells its process id as the
# machine sees it, and lives until its standard input closes: when it ends, the kernel ends all the others.
# Arguments: the new root, the host name, and in threes: a folder of the machine, where it appears in the
# cluster, and whether it can be written there: rw or ro.
set -eu
root=$1 name=$2
shift 2

# /proc is still the machine's here, so this is the machine's number for this process.
read -r pid _ </proc/self/stat
echo "$name" >/proc/sys/kernel/hostname
mount --make-rprivate /
mount --bind "$root" "$root"

# Programs and libraries are the machine's, read-only.
for folder in usr bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$folder" ]; then
    ln -sfn "$(readlink "/$folder")" "$root/$folder"
  elif [ -d "/$folder" ]; then
    mkdir -p "$root/$folder"
    mount --rbind "/$folder" "$root/$folder"
    mount -o remount,bind,ro "$root/$folder"
  fi
done

mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
# A container may forbid a new sysfs; slurmd only reads the processors' topology from it.
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys" 2>/dev/null || mount -o rbind,ro /sys "$root/sys"
mount -t tmpfs -o mode=755,nosuid dev "$root/dev"
for device in null zero full random urandom tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777,nosuid,nodev shm "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
mount -t tmpfs -o mode=755,nosuid,nodev run "$root/run"

while [ $# -ge 3 ]; do
  mkdir -p "$root$2"
  mount --bind "$1" "$root$2"
  if [ "$3" = ro ]; then mount -o remount,bind,ro "$root$2"; fi
  shift 3
done

cd "$root"
pivot_root . .
umount -l .
cd /
ip link set lo up

echo "$pid"
exec /bin/bash -c 'while read -r _; do :; done' init >/dev/null 2>&1
