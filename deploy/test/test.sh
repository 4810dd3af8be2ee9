#!/usr/bin/env bash
# All tests with the race detector, or the packages given. Its closing lines are gotestsum's; nothing is printed behind them.
#
# Packages run one after the other: tests that measure times, and those that start an Asterisk, must not compete with the
# tests of another package for the processor.
#
# Tests of real parts wait for them with a limit, and a machine that stands still for seconds breaks a limit. So up to three
# failed tests are run once more, and the report counts both runs; what fails twice, or more than three failures, fails. A data
# race fails at once.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=$(deploy/test/tools.sh)
[ $# -gt 0 ] || set -- ./...
exec "$bin/gotestsum" --format pkgname-and-test-fails --hide-summary skipped \
	--rerun-fails=1 --rerun-fails-max-failures=3 --rerun-fails-abort-on-data-race --packages "$*" \
	-- -race -count=1 -p 1 -timeout 20m
