#!/usr/bin/env bash
# govulncheck. Its database is on the network: when it cannot be had, that is said and is no failure. Everything else is:
# a vulnerability that our code reaches, and a check that breaks down.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
bin=$(deploy/test/tools.sh) || exit 1

output=$("$bin/govulncheck" ./... 2>&1)
code=$?
case $code in
0)
	echo "govulncheck: no known vulnerability is reached"
	;;
3)
	printf '%s\n' "$output"
	exit 1
	;;
*)
	if grep -qE 'fetching vulnerabilities|vulnerability (database|DB)|vuln\.go\.dev|no such host|dial tcp|proxyconnect' <<<"$output"; then
		printf 'govulncheck: NOT RUN, its database cannot be had: %s\n' "$(tail -n 1 <<<"$output")"
	else
		printf '%s\n' "$output"
		exit 1
	fi
	;;
esac
