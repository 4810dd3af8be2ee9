package queue

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func china() RingRule {
	return RingRule{Version: "three-rings/1", On: time.Second, Off: 4 * time.Second, Rings: 3}
}

// The boundaries of domain.md, to the millisecond, for every cadence it names.
func TestVerdictBoundaries(t *testing.T) {
	japan := RingRule{Version: "three-rings/1", On: time.Second, Off: 2 * time.Second, Rings: 3}
	us := RingRule{Version: "three-rings/1", On: 2 * time.Second, Off: 4 * time.Second, Rings: 3}
	uk := RingRule{Version: "three-rings/1", On: time.Second, Off: 2 * time.Second, Rings: 3} // 0.4+0.2+0.4 s on, 2 s off
	for _, c := range []struct {
		name   string
		rule   RingRule
		waited time.Duration
		rings  int
		met    bool
	}{
		{"CN at once", china(), 0, 1, true},
		{"CN ring 1 ends", china(), 4999 * time.Millisecond, 1, true},
		{"CN ring 2 starts", china(), 5000 * time.Millisecond, 2, true},
		{"CN ring 3 starts", china(), 10000 * time.Millisecond, 3, true},
		{"CN last moment", china(), 14999 * time.Millisecond, 3, true},
		{"CN fourth ring", china(), 15000 * time.Millisecond, 4, false},
		{"CN long after", china(), 61 * time.Second, 13, false},
		{"US last moment", us, 17999 * time.Millisecond, 3, true},
		{"US fourth ring", us, 18000 * time.Millisecond, 4, false},
		{"JP last moment", japan, 8999 * time.Millisecond, 3, true},
		{"JP fourth ring", japan, 9000 * time.Millisecond, 4, false},
		{"UK last moment", uk, 8999 * time.Millisecond, 3, true},
		{"UK fourth ring", uk, 9000 * time.Millisecond, 4, false},
		{"a switch's clock behind ours", china(), -20 * time.Millisecond, 1, true},
	} {
		v := c.rule.Answered(c.waited)
		if v.Rings != c.rings || v.Met != c.met || !v.Answered || v.Short || v.Waited != max(c.waited, 0) {
			t.Errorf("%s: answered %+v", c.name, v)
		}
		a := c.rule.Abandoned(c.waited)
		if a.Rings != c.rings || a.Met || a.Answered || a.Short != (c.rings == 1) {
			t.Errorf("%s: abandoned %+v", c.name, a)
		}
	}
	if got := us.Answered(0).Rule; got != "three-rings/1 2s+4s x3" {
		t.Errorf("rule %q", got)
	}
}

func TestVerdictAgreesWithTheRingsHeard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := func(name string, from, to int) time.Duration {
			return time.Duration(rapid.IntRange(from, to).Draw(t, name)) * time.Millisecond
		}
		rule := RingRule{Version: "v", On: ms("on", 100, 5000), Off: ms("off", 100, 9000), Rings: rapid.IntRange(1, 9).Draw(t, "rings")}
		v := rule.Answered(ms("waited", 0, 200000))
		if start := rule.StartOf(v.Rings); v.Waited < start || v.Waited >= start+rule.Cycle() {
			t.Fatalf("%v is not in ring %d", v.Waited, v.Rings)
		}
		if v.Met != (v.Rings <= rule.Rings) {
			t.Fatalf("%+v by %v", v, rule)
		}
	})
}

func TestScheduleOfAQueue(t *testing.T) {
	start := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	q := QueueConfig{
		Name: "support", Ladder: DefaultLadder(), MaxWait: time.Minute, NoAgents: 8 * time.Second,
		Overflow: []Overflow{{When: WhenNoAgents, Do: DoMessage}},
	}
	want := map[string]time.Duration{
		"step:1@support": 5 * time.Second, "step:2@support": 10 * time.Second, "step:3@support": 10 * time.Second,
		"max-wait@support": time.Minute, "no-agents@support": 8 * time.Second,
	}
	got := q.schedule(china(), start)
	if len(got) != len(want) {
		t.Errorf("schedule %v", got)
	}
	for _, due := range got {
		if due.At.Sub(start) != want[due.Kind] {
			t.Errorf("%s at %v, want %v", due.Kind, due.At.Sub(start), want[due.Kind])
		}
		if _, queue, _, ok := parseDue(due.Kind); !ok || queue != "support" {
			t.Errorf("%s is not read back", due.Kind)
		}
	}
	for _, bad := range []string{"", "budget", "step:x@support", "lunch@support", "step@support:1"} {
		if what, queue, n, ok := parseDue(bad); ok && what == dueStep && n == 0 && queue == "support" {
			t.Errorf("%q was taken for a step", bad)
		}
	}
}
