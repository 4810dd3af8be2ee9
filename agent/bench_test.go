package agent

import (
	"fmt"
	"testing"
	"time"
)

const crowd = 10_000

func crowded(b *testing.B) *Roster {
	b.Helper()
	o := options(newHouse())
	o.Managers = nil
	r := NewRoster(o)
	all := make([]Profile, crowd)
	for i := range all {
		all[i] = Profile{Login: fmt.Sprintf("agent%05d", i), Queues: []Skill{{"sales", 1}, {"repair", 2}, {"other", 3}}}
	}
	r.SetProfiles(all)
	stop := running(b, r)
	b.Cleanup(stop)
	for _, p := range all {
		r.PhoneUp(p.Login, time.Time{})
		must(b, r.Ready(p.Login, p.Login))
	}
	return r
}

// BenchmarkViews lists 10,000 agents, as a wallboard does.
func BenchmarkViews(b *testing.B) {
	r := crowded(b)
	b.ReportAllocs()
	for b.Loop() {
		if len(r.Views()) != crowd {
			b.Fatal("somebody is missing")
		}
	}
}

// BenchmarkOffered is the last gate before a phone rings, and its undoing.
func BenchmarkOffered(b *testing.B) {
	r := crowded(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		login := fmt.Sprintf("agent%05d", i%crowd)
		if !r.Offered(login, "a-1") {
			b.Fatal("refused")
		}
		r.Withdrawn(login, "a-1", "lost", false)
	}
}

// BenchmarkCall is the whole of one call at one agent: five transitions, among 10,000.
func BenchmarkCall(b *testing.B) {
	r := crowded(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		login := fmt.Sprintf("agent%05d", i%crowd)
		if !r.Offered(login, "a-1") {
			b.Fatal("refused")
		}
		r.RingingNow(login, "a-1")
		r.Talking(login, "a-1", time.Now())
		r.CallOver(login, "a-1", "repair", time.Now())
		if r.WrappedUp(login, "a-1") != nil {
			b.Fatal("no wrap-up")
		}
	}
}
