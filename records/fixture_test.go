package records_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"hotline/records"
)

// database is one empty database that any number of stores may open.
type database struct {
	open func(t testing.TB, change ...func(*records.Options)) *records.Store
}

// opener makes a database of one dialect. The conformance suite runs with every opener there is.
type opener func(t testing.TB) database

func sqliteDatabase(t testing.TB) database {
	path := filepath.Join(t.TempDir(), "记录 #1?.db") // a name that a careless DSN would tear apart
	return database{open: func(t testing.TB, change ...func(*records.Options)) *records.Store {
		t.Helper()
		return openAt(t, path, change...)
	}}
}

func openAt(t testing.TB, path string, change ...func(*records.Options)) *records.Store {
	t.Helper()
	opt := records.Options{Path: path, Zone: time.UTC, Log: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&opt)
	}
	s, err := records.Open(context.Background(), opt)
	must(t, err)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// clock is a clock that tests move.
type clock struct{ micros atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.micros.Store(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func (c *clock) now() time.Time          { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.micros.Add(d.Microseconds()) }
func (c *clock) set(o *records.Options)  { o.Now = c.now }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func get[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// refused checks that err is a refusal of this kind that a person can understand.
func refused(t testing.TB, err, kind error) {
	t.Helper()
	_ = refusal(t, err, kind)
}

// refusal is refused that gives the refusal.
func refusal(t testing.TB, err, kind error) *records.Problem {
	t.Helper()
	var p *records.Problem
	if !errors.Is(err, kind) || !errors.As(err, &p) {
		t.Fatalf("got %v, want %v", err, kind)
	}
	if p.Code == "" || p.What == "" || p.Do == "" {
		t.Errorf("a refusal without code, what or what to do: %+v", p)
	}
	return p
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// staff adds the people of the tests: agents li, wang and zhao, the service manager chen, the dispatcher deng.
func staff(t testing.TB, s *records.Store) {
	t.Helper()
	for _, n := range []records.NewUser{
		{Login: "li", Name: "李强", Team: "north", Roles: []string{records.RoleAgent}},
		{Login: "wang", Name: "王芳", Team: "north", Roles: []string{records.RoleAgent}},
		{Login: "zhao", Name: "赵敏", Team: "south", Roles: []string{records.RoleAgent}},
		{Login: "chen", Name: "陈静", Roles: []string{records.RoleSupervisor}},
		{Login: "deng", Name: "邓伟", Roles: []string{records.RoleDispatcher}},
	} {
		get[records.User](t)(s.AddUser(context.Background(), n))
	}
}

// answer claims a call and gives its case.
func answer(t testing.TB, s *records.Store, call, agent, number string) records.OwnedCase {
	t.Helper()
	return get[records.OwnedCase](t)(s.OwnCall(t.Context(), records.OwnInput{Call: call, Queue: "support", Agent: agent, Number: number}))
}

func solved(call, by string) records.WrapUpInput {
	return records.WrapUpInput{
		Call: call, By: by, Outcome: records.OutcomeSolved,
		Solved: &records.SolvedFacts{Solution: "restarted the print service", Confirmed: true},
	}
}

func escalated(call, by, kind string, now time.Time) records.WrapUpInput {
	return records.WrapUpInput{
		Call: call, By: by, Outcome: kind, Subject: "server does not start",
		Escalation: &records.EscalationFacts{
			Situation: "no power light after the cut",
			Contact:   records.EscalatedTo{Name: "孙丽", Number: "010-65521234", Confirmed: true},
			Told:      records.ToldToCustomer{Means: "an engineer comes", At: now.Add(24 * time.Hour), Procedure: "calls before, brings a power supply"},
		},
	}
}
