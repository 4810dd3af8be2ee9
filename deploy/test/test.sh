#!/usr/bin/env bash
# All tests with the race detector, or the packages given. Its closing lines are gotestsum's; nothing is printed behind them.
#
# Two packages at a time: most tests wait for rings and for real parts more than they compute. No test asserts a time that a
# busy machine could not keep; what is measured, `make bench` measures.
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
	-- -race -count=1 -p 2 -timeout 25m
