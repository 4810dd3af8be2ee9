#!/usr/bin/env bash
# fuzz.sh TIME PACKAGE… fuzzes each fuzz test of the packages for TIME. A crasher is written below the package's testdata.
set -euo pipefail
cd "$(dirname "$0")/../.."
time=$1
shift
go list -f '{{.Dir}}' "$@" | while read -r dir; do
	{ grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$dir"/*_test.go 2>/dev/null || true; } | cut -d ' ' -f 2 | while read -r name; do
		printf 'fuzz: %s %s\n' "${dir##*/}" "$name"
		go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" "$dir" </dev/null
	done
done
