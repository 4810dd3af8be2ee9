package asterisk

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

func TestArrival(t *testing.T) {
	created := time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC)
	ms := func(after time.Duration) string { return strconv.FormatInt(created.Add(after).UnixMilli(), 10) }
	for _, test := range []struct {
		name     string
		args     []string
		did      string
		ring1    time.Duration
		watchdog time.Duration
	}{
		{"plain", []string{"in", "4001", ms(12 * time.Millisecond), "30"}, "4001", 12 * time.Millisecond, 30 * time.Second},
		{"no watchdog", []string{"in", "4001", ms(0), "0"}, "4001", 0, 0},
		{"nothing", []string{"in"}, "", 0, defaultWatchdog},
		{"dial string", []string{"in", "4001&PJSIP/x", "x", "x"}, "", 0, defaultWatchdog},
		{"seconds for ms", []string{"in", "4001", strconv.FormatInt(created.Unix(), 10), "20"}, "4001", 0, 20 * time.Second},
		{"another day", []string{"in", "4001", ms(24 * time.Hour), "-3"}, "4001", 0, defaultWatchdog},
		{"overflow", []string{"in", strings.Repeat("9", 40), strings.Repeat("9", 40), strings.Repeat("9", 40)}, "", 0, defaultWatchdog},
	} {
		t.Run(test.name, func(t *testing.T) {
			ch := channel{
				ID: "asterisk-1.2", CreationTime: ari.DateTime(created),
				Caller: ari.CallerID{Name: "a\r\nX: y${SHELL(id)}", Number: "13800138000;x"},
			}
			call, watchdog := arrival("a", ch, test.args)
			if call.DID != test.did || call.Ring1.Sub(created) != test.ring1 || watchdog != test.watchdog {
				t.Errorf("%+v, ring 1 after %s, watchdog %s", call, call.Ring1.Sub(created), watchdog)
			}
			if call.ID != "a-asterisk-1.2" || call.ID.Channel() != "asterisk-1.2" {
				t.Errorf("id %s", call.ID)
			}
			if call.Caller != "" || strings.ContainsAny(call.CallerName, "\r\n${}") {
				t.Errorf("caller %q %q", call.Caller, call.CallerName)
			}
		})
	}
}

func TestCallerID(t *testing.T) {
	for _, test := range [][3]string{
		{"Zhang", "13800138000", `"Zhang" <13800138000>`},
		{"", "13800138000", "<13800138000>"},
		{"Zhang", "500&PJSIP/trunk", `"Zhang" <anonymous>`},
		{`a"<1>,b`, "1234", `"a1,b" <1234>`},
		{"", "", ""},
	} {
		if got := callerID(test[0], test[1]); got != test[2] {
			t.Errorf("%q %q: %s", test[0], test[1], got)
		}
	}
}

func TestIDs(t *testing.T) {
	id := pbx.NewCallID("a", "asterisk-17.3")
	if got, ok := parseBridge(bridgeID(id, "k3.1")); !ok || got != id {
		t.Errorf("bridge: %q %v", got, ok)
	}
	if got, ok := parsePlay(playID(id, 3)); !ok || got != id {
		t.Errorf("play: %q %v", got, ok)
	}
	for _, other := range []string{"", "talk~", "talk~x", "play~", "3f0c-uuid", "leg~a~b~1"} {
		if id, ok := parseBridge(other); ok {
			t.Errorf("%q is a bridge of %q", other, id)
		}
	}
}

func TestGravesForget(t *testing.T) {
	var g graves
	for i := range graveyard + 10 {
		g.bury(strconv.Itoa(i))
		g.bury(strconv.Itoa(i))
	}
	if g.has("9") || !g.has("10") || !g.has(strconv.Itoa(graveyard+9)) || len(g.set) != graveyard {
		t.Errorf("%d graves", len(g.set))
	}
}
