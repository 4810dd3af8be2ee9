#!/usr/bin/env bash
# Runs the Asterisk of a root directory in place: no chroot, no mounts, no root rights.
#
#   loader.sh ROOT [asterisk's arguments]
#
# The root's own dynamic loader takes the root's own libraries, whatever this machine has. What Asterisk itself opens is
# named by its configuration, so nothing of the machine's /etc or /var is touched and the root is only read.
set -euo pipefail
root=$1
shift
for ld in "$root"/lib64/ld-linux-*.so.2 "$root"/lib/ld-linux-*.so.1 "$root"/lib/*/ld-linux-*.so.1; do
	[ -e "$ld" ] && break
done
[ -e "$ld" ] || { echo "asterisk: no dynamic loader in $root: is it a Debian root?" >&2; exit 1; }
libs=$(dirname "$(ls "$root"/usr/lib/*/libc.so.6)")
# Started by root it keeps the files but none of root's powers: it reads what strangers send it.
drop=
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null &&
	setpriv --no-new-privs --inh-caps=-all --bounding-set=-all true 2>/dev/null; then
	drop='setpriv --no-new-privs --inh-caps=-all --bounding-set=-all'
fi
# shellcheck disable=SC2086 # a list of words, or nothing
exec $drop "$ld" --library-path "$libs" "$root/usr/sbin/asterisk" "$@"
