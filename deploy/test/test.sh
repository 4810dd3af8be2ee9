#!/usr/bin/env bash
# All tests with the race detector, or the packages given. Its closing lines are gotestsum's; nothing is printed behind them.
#
# Packages run one after the other: tests that measure times, and those that start an Asterisk, must not compete with the
# tests of another package for the processor.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=$(deploy/test/tools.sh)
[ $# -gt 0 ] || set -- ./...
exec "$bin/gotestsum" --format pkgname-and-test-fails --hide-summary skipped -- -race -count=1 -p 1 -timeout 20m "$@"
