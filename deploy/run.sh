#!/usr/bin/env bash
# Runs the hotline on this machine with an Asterisk and a Redis of its own, on loopback, until Ctrl-C. What must be kept lies in
# data/, which is made when missing and never wiped; everything else is made anew at each start.
set -euo pipefail
cd "$(dirname "$0")/.."
config=${HOTLINE_CONFIG:-deploy/run.yaml}
deploy/test/install.sh
install -d -m 0750 data # customers' data lie in it
run=$(mktemp -d /tmp/hotline-run-XXXXXX) # short: the path of Asterisk's control socket has 107 bytes at most
pids=()

end() {
	trap - EXIT INT TERM
	# The hotline first, so that it says goodbye to an Asterisk that still lives.
	for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
		kill -TERM "${pids[i]}" 2>/dev/null || continue
		wait "${pids[i]}" 2>/dev/null || true
	done
	rm -rf "$run"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

bin/hotline asterisk-config --config "$config" --out data/asterisk
# Each in a session of its own: Ctrl-C reaches this script alone, which ends them in order.
setsid redis-server --bind 127.0.0.1 --port 6390 --dir "$PWD/data" --appendonly yes --appendfsync everysec --save '' \
	--logfile "$run/redis.log" &
pids+=($!)
setsid deploy/asterisk/run.sh data/asterisk "$run/asterisk" >"$run/asterisk.log" 2>&1 &
pids+=($!)
setsid bin/hotline serve --config "$config" &
pids+=($!)
echo "hotline: http://127.0.0.1:8080/   Ctrl-C ends all" >&2
wait -n "${pids[@]}"
