#!/usr/bin/env bash
# Makes a real Asterisk 22 for tests and for `make run-asterisk`: a Debian root directory outside the work tree, once a machine.
#
#   root.sh [DIR]      DIR defaults to ${HOTLINE_CACHE:-~/.cache/hotline}/asterisk-root
#
# The last line of its output is the directory. A second run finds it made and takes no time. Nothing in it is ever
# written again: run.sh starts any number of Asterisks from it, each with its own configuration and data.
#
# Debian 12 carries no Asterisk, so the packages come from the unstable suite of the mirror this machine already uses.
set -euo pipefail

dir=${1:-${HOTLINE_CACHE:-$HOME/.cache/hotline}/asterisk-root}
case $dir in /*) ;; *) dir=$PWD/$dir ;; esac

say() { printf 'asterisk root: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# A root is good when its Asterisk starts and is of the long-term branch that the driver is written for.
good() {
	local root=$1 version
	[ -x "$root/usr/sbin/asterisk" ] || return 1
	version=$("$(dirname "$0")/loader.sh" "$root" -V 2>/dev/null) || return 1
	case $version in
	"Asterisk 22."* | "Asterisk 20."*) return 0 ;;
	*) return 1 ;;
	esac
}

if good "$dir"; then
	printf '%s\n' "$dir"
	exit 0
fi

sudo=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null && sudo -n true 2>/dev/null ||
		die "not there yet and making it needs root: run 'sudo $0 $dir' once, or let sudo work without a password"
	sudo='sudo -n'
fi

# One builder at a time; who comes second finds the work done.
{ mkdir -p "$(dirname "$dir")" && exec 9>"$dir.lock"; } || die "cannot write to $(dirname "$dir"): name another place, or set HOTLINE_CACHE"
flock 9
if good "$dir"; then
	printf '%s\n' "$dir"
	exit 0
fi

if ! command -v mmdebstrap >/dev/null; then
	command -v apt-get >/dev/null ||
		die "needs mmdebstrap and this machine has no apt-get to install it with: install mmdebstrap, then run $0 again"
	say 'installing mmdebstrap'
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends mmdebstrap >&2 ||
		{ $sudo apt-get update >&2 && $sudo env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y --no-install-recommends mmdebstrap >&2; } ||
		die 'apt-get could not install mmdebstrap (see above)'
fi

# The machine's own Debian mirror: deb822 sources first, one-line sources else. Ubuntu's archive has no sid, so there the
# mirror must be named.
mirror=${HOTLINE_DEBIAN_MIRROR:-}
if [ -z "$mirror" ]; then
	mirror=$(awk '$1 == "URIs:" { print $2; exit }' /etc/apt/sources.list.d/debian.sources 2>/dev/null || true)
fi
if [ -z "$mirror" ]; then
	mirror=$(awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^https?:.*\/debian\/?$/) { print $i; exit } }' \
		/etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true)
fi
[ -n "$mirror" ] || die 'found no Debian mirror in /etc/apt: set HOTLINE_DEBIAN_MIRROR to one that carries "sid"'

# Beside the target and renamed at the end: a broken build is never taken for a good one.
build=$(mktemp -d "$dir.build.XXXXXX")
trap '$sudo rm -rf --one-file-system "$build"' EXIT
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
say "unpacking Asterisk from the machine's Debian mirror (about 340 MB, half a minute)"
$sudo mmdebstrap --variant=apt --aptopt='Acquire::Check-Valid-Until "false"' --include=asterisk --components=main \
	${keyring:+$([ -e $keyring ] && printf -- '--keyring=%s' $keyring)} \
	sid "$build/root" "deb $mirror sid main" >"$build/log" 2>&1 9>&- ||
	{ tail -n 30 "$build/log" >&2; die 'mmdebstrap failed (its last lines are above)'; }
good "$build/root" || die 'the unpacked Asterisk does not start, or is not of branch 20 or 22'
$sudo rm -rf --one-file-system "$dir"
$sudo mv "$build/root" "$dir"
printf '%s\n' "$dir"
