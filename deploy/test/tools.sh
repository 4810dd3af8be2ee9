#!/usr/bin/env bash
# Builds the pinned development tools (deploy/tools/go.mod) once and prints the directory of their binaries. It lies outside the
# tree and is named after what is pinned and the Go that builds, so that a new pin or a new Go builds anew.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
module=$here/../tools
cache=${HOTLINE_CACHE:-$HOME/.cache/hotline}

key=$({ cat "$module/go.mod" "$module/go.sum"; go env GOVERSION GOOS GOARCH; } | sha256sum | cut -c 1-16)
bin=$cache/tools-$key
if [ ! -e "$bin/complete" ]; then
	mkdir -p "$cache"
	building=$(mktemp -d "$cache/.tools-XXXXXX")
	trap 'rm -rf "$building"' EXIT
	printf 'tools: building golangci-lint, staticcheck, govulncheck, gotestsum; this takes some minutes, once\n' >&2
	GOBIN=$building GOFLAGS=-buildvcs=false go -C "$module" install tool
	touch "$building/complete"
	# Two builders at a time both succeed: the second finds the name taken and uses what is there.
	mv -T "$building" "$bin" 2>/dev/null || [ -e "$bin/complete" ]
fi
printf '%s\n' "$bin"
