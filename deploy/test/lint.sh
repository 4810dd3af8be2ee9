#!/usr/bin/env bash
# golangci-lint, staticcheck and the tidiness of go.mod, over the whole module or the packages given.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=$(deploy/test/tools.sh)
[ $# -gt 0 ] || set -- ./...

say() { printf 'lint: %s\n' "$*"; }
say "golangci-lint"
"$bin/golangci-lint" run "$@"
say "staticcheck"
"$bin/staticcheck" "$@"
say "go.mod"
go mod verify >/dev/null
go mod tidy -diff || { say "go.mod is not tidy: go mod tidy"; exit 1; }
say "clean"
