package asterisk

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hotline/pbx"
)

// bridge is where caller and agents of one call meet. ready is closed when the switch has made it, or err says why not.
type bridge struct {
	id    string
	ready chan struct{}
	err   error // valid once ready is closed
}

// Bridge ids are "talk~<call>~<unique>": the call is found again at adoption, and an id is never used twice (a
// destroyed bridge's id can haunt Asterisk's lists).
const bridgePrefix = "talk~"

func bridgeID(call pbx.CallID, unique string) string {
	return bridgePrefix + string(call) + "~" + unique
}

// parseBridge gives the call of a bridge that a hotline made.
func parseBridge(id string) (pbx.CallID, bool) {
	rest, ok := strings.CutPrefix(id, bridgePrefix)
	if !ok {
		return "", false
	}
	call, _, ok := strings.Cut(rest, "~")
	return pbx.CallID(call), ok && call != ""
}

// Playback ids are "play~<call>~<n>".
const playPrefix = "play~"

func playID(call pbx.CallID, n int) string { return fmt.Sprintf("%s%s~%d", playPrefix, call, n) }

func parsePlay(id string) (pbx.CallID, bool) {
	rest, ok := strings.CutPrefix(id, playPrefix)
	if !ok {
		return "", false
	}
	call, _, ok := strings.Cut(rest, "~")
	return pbx.CallID(call), ok && call != ""
}

// sorted gives a map's values in the order of their keys: what the tracker tells depends on its inputs alone.
func sorted[K cmp.Ordered, V any](m map[K]V) []V {
	values := make([]V, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		values = append(values, m[key])
	}
	return values
}
