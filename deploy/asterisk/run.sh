#!/usr/bin/env bash
# Runs one real Asterisk in the foreground until SIGTERM (or SIGINT).
#
#   run.sh CONFIG_DIR RUN_DIR          serve
#   run.sh CONFIG_DIR RUN_DIR COMMAND  ask the running one, e.g. 'core show channels concise'
#
# CONFIG_DIR is what `hotline asterisk-config --out` wrote. RUN_DIR takes everything this Asterisk writes: its database of
# accounts and registrations, recordings, logs, control socket. Keep it short: the socket's path may have 107 bytes. The
# program comes from root.sh's directory (HOTLINE_ASTERISK_ROOT overrides), which is shared and only read. The process
# becomes Asterisk itself, so its pid is Asterisk's, and nothing is left behind but RUN_DIR.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -eq 2 ] || [ $# -eq 3 ] || { echo "usage: $0 CONFIG_DIR RUN_DIR [COMMAND]" >&2; exit 2; }
config=$(cd "$1" && pwd)
mkdir -p "$2"
run=$(cd "$2" && pwd)
[ -f "$config/asterisk.conf" ] || { echo "$0: no asterisk.conf in $config" >&2; exit 2; }
if [ $# -eq 3 ]; then
	exec "$here/loader.sh" "$(cat "$run/root")" -C "$run/asterisk.conf" -rx "$3"
fi
root=${HOTLINE_ASTERISK_ROOT:-$("$here/root.sh" | tail -n 1)}
modules=$(dirname "$(ls "$root"/usr/lib/*/asterisk/modules/chan_pjsip.so)")

umask 027
mkdir -p "$run"/{ctl,lib,spool/recording,log,cache,keys,data/sounds}
# Debian's prompts lie behind absolute links, which lead out of the root: follow them as if the root were "/".
for entry in "$root"/usr/share/asterisk/* "$root"/usr/share/asterisk/sounds/*; do
	found=$entry
	while [ -L "$found" ]; do
		link=$(readlink "$found")
		case $link in
		/*) found=$root$link ;;
		*) found=$(dirname "$found")/$link ;;
		esac
	done
	link=$run/data/${entry#"$root/usr/share/asterisk/"}
	[ ! -e "$found" ] || [ "$link" = "$run/data/sounds" ] || ln -sfn "$found" "$link"
done
printf '%s\n' "$root" >"$run/root"
{
	cat <<-EOF
		[directories]
		astetcdir=$config
		astmoddir=$modules
		astvarlibdir=$run/lib
		astdbdir=$run/lib
		astkeydir=$run/keys
		astdatadir=$run/data
		astagidir=$run/lib
		astspooldir=$run/spool
		astrundir=$run/ctl
		astlogdir=$run/log
		astcachedir=$run/cache
		astsbindir=$root/usr/sbin

	EOF
	cat "$config/asterisk.conf"
} >"$run/asterisk.conf"
cd "$run"
exec "$here/loader.sh" "$root" -f -C "$run/asterisk.conf"
