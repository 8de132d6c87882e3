#!/bin/sh
# Runs a command as a container engine would, for tests where there is none: in a file system of its
# own that holds what an image holds and is read-only, as a user that is not root, who cannot become
# another one.
#
#   unshare --mount contain.sh ROOT LAYER DENO USER WORKDIR VOLUMES COMMAND…
#
# Whoever is not root is USER already, in a namespace of users: unshare --map-user.
#
# ROOT is an empty folder; LAYER holds the image's own files; DENO is put where LAYER has an empty
# file called deno; VOLUMES are FOLDER=PLACE, with spaces between them. What a base with the C library
# brings comes from this machine.
set -eu

root=$1 layer=$2 deno=$3 user=$4 workdir=$5 volumes=$6
shift 6

bind() { # SOURCE PLACE [OPTIONS]
  mount --rbind ${3:+-o "$3"} "$1" "$root$2"
}

mount -t tmpfs -o mode=0755 image "$root"
cp -R "$layer/." "$root"
for folder in /lib /lib64 /usr/lib /usr/lib64 /etc/ssl; do
  [ -d "$folder" ] || continue
  mkdir -p "$root$folder"
  bind "$folder" "$folder" ro
done
mkdir -p "$root/dev" "$root/proc" "$root/tmp" "$root/var/tmp" "$root/run" "$root$workdir"
for device in null zero random urandom; do
  : >"$root/dev/$device"
  bind "/dev/$device" "/dev/$device"
done
bind /proc /proc
for place in /usr/local/bin/deno /opt/stand-in/deno; do
  [ ! -e "$root$place" ] || bind "$deno" "$place" ro
done
# An executable's stand-in is a script.
if [ -d "$root/opt/stand-in" ]; then
  mkdir -p "$root/bin"
  : >"$root/bin/sh"
  bind /bin/sh /bin/sh ro
fi
for volume in /tmp $volumes; do mkdir -p "$root${volume#*=}"; done
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
for volume in $volumes; do
  mkdir -p "$root${volume#*=}"
  bind "${volume%%=*}" "${volume#*=}"
done
mount -o remount,bind,ro "$root"
if [ "$(id -u)" = 0 ]; then
  exec setpriv --clear-groups --no-new-privs unshare --root="$root" --wd="$workdir" \
    --setgid="${user#*:}" --setuid="${user%%:*}" -- "$@"
fi
exec setpriv --no-new-privs unshare --root="$root" --wd="$workdir" -- "$@"
