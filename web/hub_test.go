package web

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"hotline/queue"

	"pgregory.net/rapid"
)

func publish(t testing.TB, h *Hub, n int) {
	t.Helper()
	for i := range n {
		if err := h.Publish(Live{Kind: "k", To: ToSupervisors, Full: i}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHubResume(t *testing.T) {
	t.Parallel()
	h := NewHub(8)
	publish(t, h, 20) // the ring holds 13…20
	for _, c := range []struct {
		id string
		ok bool
	}{
		{h.id(20), true},
		{h.id(12), true}, // 13 is the next and still there
		{h.id(11), false},
		{h.id(0), false},
		{h.id(21), false}, // has not happened
		{NewHub(8).id(20), false},
		{"", false},
		{"-", false},
		{h.epoch, false},
		{h.epoch + "-x", false},
		{h.epoch + "--1", false},
		{h.epoch + "-99999999999999999999999", false},
		{fmt.Sprintf("%s-%d", h.epoch, uint64(math.MaxInt64)), false},
	} {
		if _, ok := h.resume(c.id); ok != c.ok {
			t.Errorf("resume(%q) = %v, want %v", c.id, ok, c.ok)
		}
	}
}

// A reader either gets every event in order or is told that it fell, for every ring size and every mix of steps.
func TestHubReadsEverythingOrFalls(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.IntRange(1, 16).Draw(rt, "size")
		h := NewHub(size)
		var at place
		published := 0
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			if rapid.Bool().Draw(rt, "publish") {
				n := rapid.IntRange(1, size+2).Draw(rt, "n")
				publish(t, h, n)
				published += n
				continue
			}
			items, wake, fell, shut := h.read(at, rapid.IntRange(1, 20).Draw(rt, "most"), nil)
			if shut {
				rt.Fatal("shut without close")
			}
			if fell != (published-int(at) > size) {
				rt.Fatalf("fell %v at %d of %d, ring %d", fell, at, published, size)
			}
			if fell {
				at = h.now()
				continue
			}
			if len(items) == 0 && published != int(at) {
				rt.Fatalf("nothing read at %d of %d", at, published)
			}
			if len(items) == 0 {
				select {
				case <-wake:
					rt.Fatal("woken for nothing")
				default:
				}
				publish(t, h, 1)
				published++
				select {
				case <-wake:
				default:
					rt.Fatal("not woken")
				}
			}
			for _, item := range items {
				if item.id != uint64(at)+1 {
					rt.Fatalf("event %d after %d", item.id, at)
				}
				at = place(item.id)
			}
		}
	})
}

func TestHubMasksNumbers(t *testing.T) {
	t.Parallel()
	h := NewHub(4)
	e := queue.Event{
		Kind: queue.EventArrived, At: time.Unix(1, 0), Call: "a-1", Queue: "service",
		Data: map[string]string{"number": "+8613800138000", "name": "王芳", "did": "4001", "note": "knows ERP"},
	}
	if err := h.PublishQueue(e); err != nil {
		t.Fatal(err)
	}
	items, _, _, _ := h.read(0, 10, nil)
	full, plain := string(items[0].full), string(items[0].plain)
	if !strings.Contains(full, "+8613800138000") || !strings.Contains(full, "王芳") {
		t.Errorf("supervisors read %s", full)
	}
	if strings.Contains(plain, "00138000") || strings.Contains(plain, "王芳") || strings.Contains(plain, "ERP") || !strings.Contains(plain, "+86138****8000") {
		t.Errorf("agents read %s", plain)
	}
	if e.Data["number"] != "+8613800138000" {
		t.Error("the event itself was changed")
	}
}

func TestHubHearing(t *testing.T) {
	t.Parallel()
	item := func(queue, agent string, to Audience) liveItem {
		return liveItem{queue: queue, agent: agent, to: to, full: []byte("full"), plain: []byte("plain")}
	}
	mine := func() []string { return []string{"service"} }
	for _, c := range []struct {
		name string
		role Role
		item liveItem
		want string
	}{
		{"a supervisor hears all in full", Supervisor, item("other", "ben", ToSupervisors|ToQueueAgents), "full"},
		{"an agent hears their queue, masked", Agent, item("service", "ben", ToSupervisors|ToQueueAgents), "plain"},
		{"an agent hears themself", Agent, item("", "anna", ToSupervisors|ToQueueAgents), "plain"},
		{"an agent does not hear another queue", Agent, item("other", "ben", ToSupervisors|ToQueueAgents), ""},
		{"an agent does not hear what has no queue", Agent, item("", "ben", ToSupervisors|ToQueueAgents), ""},
		{"an agent does not hear supervisors' notices", Agent, item("service", "anna", ToSupervisors), ""},
		{"a dispatcher hears no calls", Dispatcher, item("service", "ben", ToSupervisors|ToQueueAgents), ""},
		{"a dispatcher hears escalations", Dispatcher, item("", "", ToDispatchers), "plain"},
		{"an administrator hears alarms", Administrator, item("", "", ToSupervisors|ToAdministrators), "plain"},
		{"an administrator hears no calls", Administrator, item("service", "", ToSupervisors|ToQueueAgents), ""},
	} {
		got, ok := ears(&who{Login: "anna", Roles: []Role{c.role}}, mine)(c.item)
		if string(got) != c.want || ok != (c.want != "") {
			t.Errorf("%s: got %q %v", c.name, got, ok)
		}
	}
}

// BenchmarkPublish shows what an event costs the path that reports it.
func BenchmarkPublish(b *testing.B) {
	h := NewHub(0)
	e := queue.Event{Kind: queue.EventArrived, Call: "a-1", Queue: "q", Data: map[string]string{"number": "+8613800138000"}}
	b.ReportAllocs()
	for b.Loop() {
		if err := h.PublishQueue(e); err != nil {
			b.Fatal(err)
		}
	}
}
