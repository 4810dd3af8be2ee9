package asterisk

import (
	"strconv"
	"strings"
	"time"

	"hotline/pbx"
)

// Arguments of Stasis() for a caller, as the dialplan passes them: "in", the number dialled, the instant of ring 1 in ms
// since 1970 UTC, the watchdog in whole seconds.
const callerArg = "in"

// isCaller: the channel was put into the application by the dialplan for a caller.
func isCaller(args []string) bool { return len(args) > 0 && args[0] == callerArg }

// arrival reads a caller's call off its channel. Whatever is missing or malformed gets the safe value: a call is never
// refused for a bad argument.
func arrival(switchName string, ch channel, args []string) (call pbx.Call, watchdog time.Duration) {
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	call = pbx.Call{
		ID: pbx.NewCallID(switchName, ch.ID), Switch: switchName,
		Caller: pbx.CleanNumber(ch.Caller.Number), CallerName: pbx.CleanName(ch.Caller.Name),
		Arrived: time.Time(ch.CreationTime).UTC(),
	}
	if did := arg(1); len(did) <= 32 && strings.Trim(did, "0123456789") == "" {
		call.DID = did
	}
	call.Ring1 = call.Arrived
	if ms, err := strconv.ParseInt(arg(2), 10, 64); err == nil {
		// Ring 1 follows the INVITE. Anything else (another clock, an empty argument) is no instant of this call.
		if ring1 := time.UnixMilli(ms); !ring1.Before(call.Arrived.Add(-time.Second)) &&
			ring1.Before(call.Arrived.Add(time.Minute)) {
			call.Ring1 = ring1.UTC()
		}
	}
	watchdog = defaultWatchdog
	if s, err := strconv.Atoi(arg(3)); err == nil && s >= 0 && s < 86400 {
		watchdog = time.Duration(s) * time.Second
	}
	return call, watchdog
}
