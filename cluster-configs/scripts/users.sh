#!/bin/bash
# Makes the login user on a node: fixed ids, home on the shared file system, and the key of this deployment only.
# Args: user, uid, gid, the base64 part of the user's ssh-ed25519 public key. Safe to run twice.
set -euo pipefail

refuse() {
  echo "users.sh: $1" >&2
  exit 2
}

[[ $# -eq 4 ]] || refuse 'wants four arguments: user, uid, gid, key'
user=$1 uid=$2 gid=$3 key=$4
[[ $user =~ ^[a-z][a-z0-9-]{0,30}$ ]] || refuse 'the user must be a plain name in lower case'
[[ $uid =~ ^[1-9][0-9]{3,8}$ ]] || refuse 'the uid must be a number from 1000'
[[ $gid =~ ^[1-9][0-9]{3,8}$ ]] || refuse 'the gid must be a number from 1000'
# RFC 8709 and RFC 4253, section 6.6: the key's type, then 32 bytes, always 68 characters.
[[ $key =~ ^AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}$ ]] || refuse 'the key must be the base64 part of an ssh-ed25519 public key'

home=/home/$user

if group=$(getent group "$user"); then
  [[ $(cut -d: -f3 <<<"$group") == "$gid" ]] || refuse "the group $user exists with another gid"
else
  groupadd --gid "$gid" "$user"
fi

if ids=$(getent passwd "$user"); then
  [[ $(cut -d: -f3,4 <<<"$ids") == "$uid:$gid" ]] || refuse "the user $user exists with another uid or gid"
else
  useradd --uid "$uid" --gid "$gid" --home-dir "$home" --no-create-home --no-log-init --shell /bin/bash "$user"
fi
# `*` is no password; useradd's `!` locks the account, and an sshd without PAM then refuses its keys too.
usermod --password '*' "$user"

# Made aside and moved into place: a home that is there is whole, however many nodes make it at once.
if [[ ! -e $home ]]; then
  new=$(mktemp --directory "/home/.$user.XXXXXX")
  cp --recursive --no-target-directory /etc/skel "$new"
  chown --recursive "$uid:$gid" "$new"
  chmod 0700 "$new"
  if ! mv --no-target-directory "$new" "$home" 2>/dev/null; then
    [[ -d $home ]] || refuse "could not make $home"
    rm --recursive --force "$new" # another node was first
  fi
fi

# Homes outlive clusters, so the key is not kept there: an earlier deployment's key must open nothing.
install --directory --mode 0755 --owner root --group root /etc/ssh/authorized_keys.d /etc/ssh/sshd_config.d
replace() {
  local new
  new=$(mktemp "$1.XXXXXX")
  cat >"$new"
  chmod "$2" "$new"
  mv --force "$new" "$1"
}
replace "/etc/ssh/authorized_keys.d/$user" 0644 <<<"ssh-ed25519 $key"
# sshd reads *.conf only, so a half-written file is not seen. `Match all` ends the block for what is included next.
replace "/etc/ssh/sshd_config.d/10-$user.conf" 0600 <<CONF
Match User $user
    AuthorizedKeysFile /etc/ssh/authorized_keys.d/$user
    AuthorizedKeysCommand none
    AuthenticationMethods publickey
Match all
CONF

# Elsewhere sshd is started after this script, or has no service to reload.
if [[ -d /run/systemd/system && $(cat /proc/1/comm) == systemd ]]; then
  systemctl reload sshd
fi
