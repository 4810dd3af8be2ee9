package floor

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/queue"
)

// A day as the model test reads it.
type (
	recordedDay struct {
		Start queue.Floor `json:"start"`
		Steps []dayStep   `json:"steps"`
	}
	dayStep struct {
		Event *queue.Event `json:"event,omitempty"`
		Check *dayCheck    `json:"check,omitempty"`
	}
	dayCheck struct {
		Now    time.Time            `json:"now"`
		Queues []queue.QueueNumbers `json:"queues"`
		Agents []queue.AgentNumbers `json:"agents"`
		Floor  queue.Floor          `json:"floor"`
	}
)

// TestModelSaysWhatNumbersSay feeds queue.Numbers and the wallboard's model with the same random days, over midnight and from any
// point in between, and compares every number.
func TestModelSaysWhatNumbersSay(t *testing.T) {
	t.Parallel()
	var days []recordedDay
	for seed := range uint64(40) {
		days = append(days, randomDay(seed))
	}
	data, err := json.Marshal(days)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "days.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	readModules(t)
	cmd := exec.CommandContext(t.Context(), "node", "--test", "testdata/model.test.mjs")
	cmd.Env = append(os.Environ(), "FLOOR_DAYS="+file)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "# pass 41") {
		t.Fatalf("%v\n%s", err, out)
	}
}

// readModules opens what node will read, so that go test does not answer from its cache when a module has changed.
func readModules(t *testing.T) {
	t.Helper()
	for _, pattern := range []string{"../ui/static/floor/*.js", "testdata/*.mjs"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no module fits %s: %v", pattern, err)
		}
		for _, file := range files {
			if _, err := os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// randomDay makes events as they come, and also as they should not: any kind may follow any other.
func randomDay(seed uint64) recordedDay {
	rng := rand.New(rand.NewPCG(seed, 7))
	zone := time.FixedZone("CST", 8*3600)
	us := queue.RingRule{Version: "three-rings/1", On: 2 * time.Second, Off: 4 * time.Second, Rings: 3}
	queues := []string{"service", "billing", "night"}
	cfg := queue.Config{Zone: zone, Hotlines: []queue.HotlineConfig{
		{Name: "service", DIDs: []string{"4001"}, Queue: "service"}, {Name: "billing", DIDs: []string{"4002"}, Queue: "billing", Rule: us},
	}}
	for _, q := range queues {
		cfg.Queues = append(cfg.Queues, queue.QueueConfig{Name: q, StaffTarget: 0.9})
	}
	n := queue.NewNumbers(cfg)
	var agents []queue.Agent
	for i := range 6 {
		a := queue.Agent{Login: fmt.Sprintf("a%d", i), Manager: i == 5}
		for _, q := range queues {
			if rng.IntN(2) == 0 {
				a.Queues = append(a.Queues, queue.Level{Queue: q, Level: 1 + rng.IntN(3), Manager: rng.IntN(8) == 0})
			}
		}
		agents = append(agents, a)
	}
	n.SetAgents(agents)

	now := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC) // 22:00 in China: the day changes on the way
	day := recordedDay{}
	if seed%2 == 0 {
		day.Start = n.Floor(now)
	}
	var up []string
	const events = 600
	for i := range events {
		now = now.Add(time.Duration(rng.Int64N(45_000_000)) * time.Microsecond)
		e := randomEvent(rng, now, queues, &up, i)
		n.Apply(e)
		if day.Start.Queues != nil {
			day.Steps = append(day.Steps, dayStep{Event: &e})
		} else if i > rng.IntN(events) {
			day.Start = n.Floor(now)
		}
		if len(day.Steps) > 0 && rng.IntN(25) == 0 {
			at := now.Add(time.Duration(rng.Int64N(20_000_000)) * time.Microsecond)
			day.Steps = append(day.Steps, dayStep{Check: &dayCheck{at, n.Queues(at), n.Agents(at), n.Floor(at)}})
		}
	}
	day.Steps = append(day.Steps, dayStep{Check: &dayCheck{now, n.Queues(now), n.Agents(now), n.Floor(now)}})
	return day
}

func china() queue.RingRule {
	return queue.RingRule{Version: "three-rings/1", On: time.Second, Off: 4 * time.Second, Rings: 3}
}

func randomEvent(rng *rand.Rand, now time.Time, queues []string, up *[]string, i int) queue.Event {
	one := func(of ...string) string { return of[rng.IntN(len(of))] }
	who := fmt.Sprintf("a%d", rng.IntN(7)) // a6 is nobody's colleague
	if rng.IntN(4) == 0 {
		return queue.Event{Kind: queue.EventPresence, At: now, Agent: who, Data: map[string]string{
			"to": one("offline", "ready", "offered", "ringing", "talking", "wrapup", "paused", "unreachable"), "reason": "meal",
		}}
	}
	if rng.IntN(12) == 0 {
		return queue.Event{Kind: queue.EventReach, At: now, Agent: who, Data: map[string]string{"lacks": one("", "sh1", "bj1 sh1")}}
	}
	if len(*up) == 0 || rng.IntN(6) == 0 {
		call := fmt.Sprintf("c%d", i)
		*up = append(*up, call)
		kind := one(queue.EventArrived, queue.EventArrived, queue.EventArrived, queue.EventAdopted, queue.EventEnded)
		e := queue.Event{Kind: kind, At: now, Call: call, Queue: one(queues...), Agent: who, Data: map[string]string{
			"number": "+86138****8000", "state": one("waiting", "talking"), "ring1": now.Add(-time.Second).Format(time.RFC3339Nano),
		}}
		if kind == queue.EventAdopted && rng.IntN(2) == 0 {
			v := china().Answered(time.Second)
			e.Verdict = &v
		}
		return e
	}
	k := rng.IntN(len(*up))
	e := queue.Event{At: now, Call: (*up)[k], Queue: one(queues...), Agent: who, Data: map[string]string{"to": who, "case": "C-1", "why": one("skill 1", queue.AsMonitor, queue.AsExpert), "state": one("asked", "in", "left"), "do": one(queue.DoQueue, queue.DoManager)}}
	e.Kind = one(queue.EventQueued, queue.EventQueued, queue.EventOffered, queue.EventOffered, queue.EventRinging, queue.EventDeclined, queue.EventMissed,
		queue.EventUnreached, queue.EventLost, queue.EventWidened, queue.EventAnswered, queue.EventAnswered, queue.EventConnected, queue.EventReopened,
		queue.EventOwned, queue.EventHeld, queue.EventResumed, queue.EventHandOver, queue.EventHandTaken, queue.EventHandBack, queue.EventOverflow,
		queue.EventAbandoned, queue.EventMachine, queue.EventCallback, queue.EventAdopted, queue.EventExpert, queue.EventMonitored, queue.EventKept, queue.EventEnded, queue.EventEnded, "a-kind-of-tomorrow")
	if e.Kind == queue.EventEnded {
		*up = append((*up)[:k], (*up)[k+1:]...)
	}
	if (e.Kind == queue.EventAnswered || e.Kind == queue.EventAbandoned) && rng.IntN(5) > 0 {
		waited := time.Duration(rng.Int64N(60_000_000)) * time.Microsecond
		v := china().Abandoned(waited)
		if e.Kind == queue.EventAnswered {
			v = china().Answered(waited)
		}
		e.Verdict = &v
	}
	return e
}
