#!/usr/bin/env bash
# Run a command as a container would, without Docker: unshare --mount --pid --fork bash box.sh BOX WORK FOLDER... -- COMMAND...
#
# BOX is an empty folder for the new root. In it there are this machine's programs and the FOLDERs, all read-only, and
# WORK, the one folder to write to. The command has nobody's uid, no rights, no home, and nothing in its environment.
set -euo pipefail
box=$1 work=$2
shift 2

show() {
  mkdir -p "$box$1"
  mount --bind "$1" "$box$1"
  mount -o "remount,bind,$2" "$box$1"
}

mount --make-rprivate /
mount -t tmpfs -o mode=755 box "$box"
for folder in /bin /lib /lib64; do
  if [ -L "$folder" ]; then cp -a "$folder" "$box$folder"; elif [ -d "$folder" ]; then show "$folder" ro; fi
done
for folder in /usr /etc; do show "$folder" ro; done
while [ "$1" != -- ]; do
  show "$1" ro
  shift
done
shift
show "$work" rw
mkdir -p "$box/dev" "$box/proc" "$box/tmp"
mount -t tmpfs -o mode=755 dev "$box/dev"
for device in null zero urandom random; do
  touch "$box/dev/$device"
  mount --bind "/dev/$device" "$box/dev/$device"
done
mkdir "$box/dev/shm"
mount -t tmpfs -o mode=1777,size=64m shm "$box/dev/shm"
mount -t proc proc "$box/proc"
mount -o remount,ro "$box/dev"
mount -o remount,ro "$box"
chown 65532:65532 "$box$work"
cd "$box"
exec chroot "$box" setpriv --reuid 65532 --regid 65532 --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs \
  env -i "TMPDIR=$work" PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8 "$@"
