package outward

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world plays telephone, records and desk, and keeps what they were asked, in order.
type world struct {
	mu     sync.Mutex
	log    []string
	number string
	no     error // Permit's refusal
	stop   error // Still's
	busy   bool  // the agent's claim fails
	fail   error // Dial's
}

func (w *world) did(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, fmt.Sprintf(format, args...))
}

func (w *world) done() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.log, "; ")
}

func (w *world) Permit(_ context.Context, _ string, r Request) (Permit, error) {
	w.did("permit %s %s", r.Purpose, r.Ref)
	return Permit{Number: w.number, Name: "王芳", Lang: "zh"}, w.no
}
func (w *world) Still(context.Context, string) error { w.did("still"); return w.stop }
func (w *world) Note(_, kind, _ string, _ time.Time, _ map[string]any) {
	w.did("note %s", strings.TrimPrefix(kind, "out."))
}
func (w *world) Answered(string, time.Time, string)   { w.did("answered") }
func (w *world) Said(_, q, a string, _ time.Time)     { w.did("%s=%s", q, a) }
func (w *world) Ended(_, end string, _ time.Time)     { w.did("ended %s", end) }
func (w *world) Claim(login, _, _, _ string) bool     { w.did("claim %s", login); return !w.busy }
func (w *world) Talking(login, _ string, _ time.Time) { w.did("talks %s", login) }
func (w *world) Over(login, _, _ string, talked bool, _ time.Time) {
	if talked {
		w.did("free %s", login)
		return
	}
	w.did("withdraw %s", login)
}
func (w *world) Say(_ context.Context, _, media string) error { w.did("say %s", media); return nil }
func (w *world) Hush(context.Context, string) error           { return nil }
func (w *world) Record(context.Context, string, string) error { w.did("record"); return nil }
func (w *world) End(_ context.Context, _, why string) error   { w.did("end %s", why); return nil }
func (w *world) Dial(_ context.Context, _, phone, _, _ string, _ time.Duration) error {
	w.did("ring %s", phone)
	return w.fail
}

func (w *world) Reach(_ context.Context, _, number string, _ time.Duration) error {
	w.did("dial %s", number)
	return nil
}

// inside runs a test with a Dialer over a world, on a clock of its own.
func inside(t *testing.T, adjust func(*Rules), test func(w *world, d *Dialer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{number: "+8613800138000"}
		rules := Rules{On: true, Allow: []string{"+86"}, Refuse: []string{"+86168"}, AgentRing: 20 * time.Second, NumberRing: 40 * time.Second}
		rules.Shape = func(n string) string { return strings.TrimPrefix(n, "+86") }
		if adjust != nil {
			adjust(&rules)
		}
		d := New(Options{
			Switch: "a", Rules: rules, Line: w, Ledger: w, Desk: w, Script: func(string) Script { return sample() },
			Log: slog.New(slog.DiscardHandler),
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- d.Run(ctx) }()
		synctest.Wait()
		test(w, d)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func want(t *testing.T, w *world, steps ...string) {
	t.Helper()
	synctest.Wait()
	if got := w.done(); got != strings.Join(steps, "; ") {
		t.Errorf("did\n%s\nwant\n%s", got, strings.Join(steps, "; "))
	}
}

func TestAgentCalls(t *testing.T) {
	inside(t, nil, func(w *world, d *Dialer) {
		id, err := d.Place(t.Context(), Request{Login: "chen", Purpose: "followup", Ref: "f1"})
		if err != nil {
			t.Fatal(err)
		}
		steps := []string{"permit followup f1", "claim chen", "ring chen", "note dialled"}
		want(t, w, steps...)
		d.Told(Event{Kind: Phone, Call: id})
		steps = append(steps, "talks chen", "note phone", "still", "dial 13800138000")
		want(t, w, steps...)
		d.Told(Event{Kind: Ringing, Call: id})
		d.Told(Event{Kind: Answered, Call: id})
		synctest.Wait()
		if live := d.Live(); len(live) != 1 || live[0].State != "talking" || live[0].Login != "chen" {
			t.Errorf("live: %+v", live)
		}
		d.Told(Event{Kind: Ended, Call: id, End: "customer"})
		d.Told(Event{Kind: Ended, Call: id, End: "agent"})
		want(t, w, append(steps, "note ringing", "note answered", "answered", "free chen", "note ended", "ended customer")...)
		if len(d.Live()) != 0 || !errors.Is(d.HangUp(id), ErrGone) {
			t.Error("it is still there")
		}
	})
}

// TestNothingIsDialledWithoutLeave: each wall stops the call before a phone rings, or before the number is dialled.
func TestNothingIsDialledWithoutLeave(t *testing.T) {
	refused := errors.New("not on the list")
	for name, c := range map[string]struct {
		adjust func(*Rules)
		set    func(*world)
		err    error
		steps  []string
	}{
		"off":               {func(r *Rules) { r.On = false }, nil, ErrOff, nil},
		"unable":            {func(r *Rules) { r.Unsupported = refused }, nil, refused, nil},
		"not on the list":   {nil, func(w *world) { w.no = refused }, refused, []string{"permit followup f1"}},
		"another country":   {nil, func(w *world) { w.number = "+4915112345678" }, ErrNumber, []string{"permit followup f1", "ended barred"}},
		"premium":           {nil, func(w *world) { w.number = "+8616812345" }, ErrNumber, []string{"permit followup f1", "ended barred"}},
		"emergency":         {nil, func(w *world) { w.number = "+86110" }, ErrNumber, []string{"permit followup f1", "ended barred"}},
		"in zeros":          {func(r *Rules) { r.Shape = func(string) string { return "00110" } }, nil, ErrNumber, []string{"permit followup f1", "ended barred"}},
		"no number":         {nil, func(w *world) { w.number = "+86138&PJSIP/x" }, ErrNumber, []string{"permit followup f1", "ended barred"}},
		"agent in a call":   {nil, func(w *world) { w.busy = true }, ErrEngaged, []string{"permit followup f1", "claim chen", "ended engaged"}},
		"telephone is gone": {nil, func(w *world) { w.fail = refused }, refused, []string{"permit followup f1", "claim chen", "ring chen", "withdraw chen", "note ended", "ended failed"}},
	} {
		t.Run(name, func(t *testing.T) {
			inside(t, c.adjust, func(w *world, d *Dialer) {
				if c.set != nil {
					c.set(w)
				}
				if _, err := d.Place(t.Context(), Request{Login: "chen", Purpose: "followup", Ref: "f1"}); !errors.Is(err, c.err) {
					t.Errorf("got %v, want %v", err, c.err)
				}
				want(t, w, c.steps...)
			})
		})
	}
}

// TestTakenOffTheListMeanwhile: the agent's phone rang, and the customer called back by themself: nobody dials them.
func TestTakenOffTheListMeanwhile(t *testing.T) {
	inside(t, nil, func(w *world, d *Dialer) {
		id, err := d.Place(t.Context(), Request{Login: "chen", Purpose: "callback", Ref: "b1"})
		if err != nil {
			t.Fatal(err)
		}
		w.stop = errors.New("done")
		d.Told(Event{Kind: Phone, Call: id})
		synctest.Wait()
		if strings.Contains(w.done(), "dial 1") || !strings.Contains(w.done(), "end cancelled") {
			t.Error(w.done())
		}
		d.Told(Event{Kind: Ended, Call: id, End: "cancelled"})
		synctest.Wait()
	})
}

// TestMachineAsks: without an agent nobody's presence is touched; silence is waited for on the clock; answers are kept as they
// come, so that a hang-up in the middle leaves a true part.
func TestMachineAsks(t *testing.T) {
	inside(t, func(r *Rules) { r.Record = true }, func(w *world, d *Dialer) {
		id, err := d.Place(t.Context(), Request{Login: "chen", Purpose: "followup", Ref: "f1", Machine: true})
		if err != nil {
			t.Fatal(err)
		}
		steps := []string{"permit followup f1", "ring ", "note dialled", "still", "dial 13800138000"}
		want(t, w, steps...)
		d.Told(Event{Kind: Answered, Call: id})
		steps = append(steps, "note answered", "record", "answered", "say consent")
		want(t, w, steps...)
		d.Told(Event{Kind: Played, Call: id})
		synctest.Wait()
		<-time.After(5*time.Second + 1) // on the test's clock: silence
		steps = append(steps, "say consent")
		want(t, w, steps...)
		d.Told(Event{Kind: Digit, Call: id, Digit: "1"})
		d.Told(Event{Kind: Digit, Call: id, Digit: "4"})
		steps = append(steps, "consent=yes", "say speed", "speed=4", "say quality")
		want(t, w, steps...)
		d.Told(Event{Kind: Ended, Call: id, End: "customer"})
		want(t, w, append(steps, "note ended", "ended customer")...)
	})
}

// TestFoundAfterARestart: a talk goes on with its agent, everything else is ended.
func TestFoundAfterARestart(t *testing.T) {
	inside(t, nil, func(w *world, d *Dialer) {
		d.Found("a-out.1", Request{Login: "chen", Purpose: "followup", Ref: "f1"}, "talking", time.Now())
		d.Found("a-out.2", Request{Login: "li", Purpose: "followup", Ref: "f2"}, "ready", time.Now())
		d.Found("a-out.3", Request{Login: "li", Purpose: "followup", Ref: "f3", Machine: true}, "talking", time.Now())
		synctest.Wait()
		if got := w.done(); !strings.Contains(got, "claim chen; talks chen") || strings.Count(got, "end system") != 2 {
			t.Error(got)
		}
		for i := range 3 {
			d.Told(Event{Kind: Ended, Call: fmt.Sprintf("a-out.%d", i+1), End: "system"})
		}
		d.Told(Event{Kind: Ended, Call: "a-out.9", End: "unknown"})
		synctest.Wait()
		if n := strings.Count(w.done(), "ended "); n < 4 || len(d.Live()) != 0 {
			t.Error(w.done())
		}
		if slices.ContainsFunc(d.Live(), func(v View) bool { return v.Call != "" }) {
			t.Error("still there")
		}
	})
}
