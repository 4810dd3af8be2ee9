#!/usr/bin/env bash
# Installs what the tests need and this machine lacks. Idempotent; the second run takes a second. Made for Debian and Ubuntu;
# elsewhere it says what to install by hand.
#
# Needs: go, gcc, make (from who runs it); root, or sudo, when something is missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

say() { printf 'install: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

for tool in go gcc; do
	command -v "$tool" >/dev/null || die "$tool is missing; on Debian or Ubuntu: apt-get install golang-go gcc make"
done

# command:package
wanted="redis-server:redis-server sipp:sip-tester mmdebstrap:mmdebstrap unshare:util-linux chromium:chromium node:nodejs npm:npm baresip:baresip turnserver:coturn pdftotext:poppler-utils"
missing=
for pair in $wanted; do
	command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
done

# Fonts are no command. Without one for Chinese, pictures of pages show boxes.
ls /usr/share/fonts/*/*/NotoSansCJK* >/dev/null 2>&1 || missing="$missing fonts-noto-cjk"

if [ -n "$missing" ]; then
	command -v apt-get >/dev/null || die "please install by hand:$missing"
	as_root=
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || die "run as root, or install sudo; needed:$missing"
		as_root="sudo"
	fi
	say "installing$missing"
	export DEBIAN_FRONTEND=noninteractive
	# shellcheck disable=SC2086 # both are lists of words
	if ! $as_root apt-get install -y --no-install-recommends $missing >/dev/null 2>&1; then
		$as_root apt-get update -qq
		$as_root apt-get install -y --no-install-recommends $missing >/dev/null
	fi
	for pair in $wanted; do
		command -v "${pair%%:*}" >/dev/null || die "${pair##*:} was installed, but there is still no ${pair%%:*}"
	done
fi

# The npm packages that check and vendor the JavaScript of the pages; cached outside the tree.
"$here/node.sh" >/dev/null
# The real Asterisk that tests and `make run-asterisk` start; cached outside the tree.
"$here/../asterisk/root.sh" >/dev/null
say "everything is there"
