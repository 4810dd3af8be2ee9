#!/usr/bin/env bash
# Installs the pinned npm packages (package-lock.json) once and prints the directory whose node_modules holds them. It lies outside
# the tree and is named after the lock, so that a new lock installs anew. Needs node and npm.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
cache=${HOTLINE_CACHE:-$HOME/.cache/hotline}

for tool in node npm; do
	command -v "$tool" >/dev/null || { printf 'node: %s is missing; deploy/test/install.sh installs it\n' "$tool" >&2; exit 1; }
done
key=$({ cat "$here/package-lock.json"; uname -sm; } | sha256sum | cut -c 1-16)
dir=$cache/node-$key
if [ ! -e "$dir/complete" ]; then
	mkdir -p "$cache"
	building=$(mktemp -d "$cache/.node-XXXXXX")
	trap 'rm -rf "$building"' EXIT
	printf 'node: installing the npm packages of package-lock.json, once\n' >&2
	cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$building/"
	npm --prefix "$building" ci --loglevel=error >/dev/null
	touch "$building/complete"
	# Two installers at a time both succeed: the second finds the name taken and uses what is there.
	mv -T "$building" "$dir" 2>/dev/null || [ -e "$dir/complete" ]
fi
printf '%s\n' "$dir"
