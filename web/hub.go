package web

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hotline/queue"
)

// Live is one thing that happened, as sent to browsers by GET /api/v1/events.
type Live struct {
	Kind  string    // SSE event name: a queue.Event kind, "notice", "escalation", …
	At    time.Time // when it happened
	Call  string
	Queue string
	Agent string
	To    Audience
	Full  any // what those see who may see numbers and names (supervisors); encoded as JSON
	Plain any // what the others of the audience see; nil: the same as Full
}

// Audience says which roles get a Live event.
type Audience uint8

// Audiences can be added up.
const (
	ToSupervisors    Audience = 1 << iota
	ToQueueAgents             // agents who serve Live.Queue, and Live.Agent
	ToDispatchers             //
	ToAdministrators          //
	ToOne                     // Live.Agent alone, whatever their roles
	ToReaders                 // pages of cases and orders, which ask for it: that something changed, not what
)

// Hub keeps the last events in a ring and wakes readers. Ids grow by one and carry the boot's epoch, so an id of an earlier
// run is recognised. Publish never blocks on a reader: each reader has its own place in the ring, and one that falls out of
// the ring is disconnected, never silently skipped.
type Hub struct {
	epoch string

	discreet atomic.Bool // agents are not told who listens, see Options.Discreet

	mu     sync.RWMutex
	secret map[string]bool // legs of managers who listen, while discreet
	ring   []liveItem
	next   uint64 // id of the next event, from 1
	wake   chan struct{}
	shut   bool
}

// liveItem is one event as it goes over the wire: masked, encoded and framed once, however many read it.
type liveItem struct {
	id           uint64
	queue, agent string
	to           Audience
	full, plain  []byte // whole frames; the same bytes when nothing is to be hidden
}

// NewHub makes a hub that remembers the last size events (4,096 when size < 1).
func NewHub(size int) *Hub {
	if size < 1 {
		size = 4096
	}
	return &Hub{epoch: strings.ToLower(rand.Text()[:8]), ring: make([]liveItem, size), next: 1, wake: make(chan struct{})}
}

// Publish puts one event into the ring. The error says that Full or Plain cannot be encoded; the event is then not sent.
func (h *Hub) Publish(l Live) error {
	full, err := json.Marshal(l.Full)
	if err != nil {
		return fmt.Errorf("web: encode live event %s: %w", l.Kind, err)
	}
	var plain []byte
	if l.Plain != nil {
		if plain, err = json.Marshal(l.Plain); err != nil {
			return fmt.Errorf("web: encode live event %s: %w", l.Kind, err)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.shut {
		return nil
	}
	item := liveItem{id: h.next, queue: l.Queue, agent: l.Agent, to: l.To}
	item.full = appendFrame(nil, h.id(place(h.next)), l.Kind, full)
	item.plain = item.full
	if plain != nil {
		item.plain = appendFrame(nil, h.id(place(h.next)), l.Kind, plain)
	}
	h.ring[h.next%uint64(len(h.ring))] = item
	h.next++
	close(h.wake)
	h.wake = make(chan struct{})
	return nil
}

// Changed says that the page of an order or a case is not up to date any more. It carries numbers alone: what changed is read by who
// may read it.
type Changed struct {
	Order string `json:"order,omitempty"`
	Case  string `json:"case,omitempty"`
}

// PublishChanged tells the pages of cases and orders.
func (h *Hub) PublishChanged(c Changed) error {
	return h.Publish(Live{Kind: "changed", To: ToReaders, Full: c})
}

// PublishQueue sends what the queue reports. Agents see the events of their queues with the caller's number and name masked,
// and without the notes of hand-overs, which are for the receiver.
func (h *Hub) PublishQueue(e queue.Event) error {
	l := Live{
		Kind: e.Kind, At: e.At, Call: e.Call, Queue: e.Queue, Agent: e.Agent,
		To: ToSupervisors | ToQueueAgents, Full: e,
	}
	switch e.Kind {
	case queue.EventDegraded, queue.EventAlarm:
		l.To = ToSupervisors | ToAdministrators
	case queue.EventMonitored, queue.EventTakeOver, queue.EventSkills: // whom it concerns is told at their desk
		l.To = ToSupervisors
	}
	quiet := h.discreet.Load()
	if quiet && h.listens(e) {
		l.To = ToSupervisors
	}
	if masked, hides := maskEvent(e, quiet); hides {
		l.Plain = masked
	}
	return h.Publish(l)
}

// listens says that an event is of a manager's phone that rings or listens.
func (h *Hub) listens(e queue.Event) bool {
	leg := e.Data["leg"]
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case leg == "":
	case e.Kind == queue.EventOffered && e.Data["why"] == queue.AsMonitor:
		if h.secret == nil {
			h.secret = map[string]bool{}
		}
		h.secret[leg] = true
	case e.Kind == queue.EventMonitored:
		switch e.Data["state"] {
		case "left", "missed", "off", "talks":
			delete(h.secret, leg)
		}
	}
	return h.secret[leg]
}

// close ends all streams; what is published later is dropped.
func (h *Hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.shut {
		h.shut = true
		close(h.wake)
	}
}

// place is where a reader stands: the id of the last event it has.
type place uint64

// now is the place of a reader that has everything.
func (h *Hub) now() place {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return place(h.next - 1)
}

// read adds up to most events after p to into. fell: they are not in the ring any more. When there are none, wake is closed as soon
// as there are. shut: no more will come.
func (h *Hub) read(p place, most int, into []liveItem) (items []liveItem, wake <-chan struct{}, fell, shut bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	first := uint64(p) + 1
	if first+uint64(len(h.ring)) < h.next {
		return nil, nil, true, h.shut
	}
	items = into
	for id := first; id < h.next && len(items) < most; id++ {
		items = append(items, h.ring[id%uint64(len(h.ring))])
	}
	return items, h.wake, false, h.shut
}

// id is what a browser sends back as Last-Event-ID.
func (h *Hub) id(p place) string { return h.epoch + "-" + strconv.FormatUint(uint64(p), 10) }

// resume reads an id back. ok is false for another run's id, one that fell out of the ring, and text that is none.
func (h *Hub) resume(id string) (p place, ok bool) {
	epoch, count, found := strings.Cut(id, "-")
	n, err := strconv.ParseUint(count, 10, 63)
	if !found || err != nil || epoch != h.epoch {
		return 0, false
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	if n >= h.next || n+1+uint64(len(h.ring)) < h.next {
		return 0, false
	}
	return place(n), true
}
