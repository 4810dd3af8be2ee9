package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"hotline/agent"
)

const (
	beat      = 10 * time.Second // a comment this often, so that both sides notice a dead connection
	writeTime = 10 * time.Second // a reader that takes no bytes for this long is disconnected
	batch     = 256              // events a write
	reconnect = time.Second      // told to the browser (SSE retry)
)

// errFell ends the stream of a reader that was too slow: its place fell out of the ring.
var errFell = errors.New("web: the reader fell behind the ring of live events")

// stream is one reader of live events. Only its own goroutine touches it.
//
// Wire format: Server-sent events (WHATWG HTML §9.2). Frames of the hub carry an id; frames of the desk carry none, because the
// desk itself replays what is current when it is opened again.
type stream struct {
	hub    *Hub
	place  place
	hears  func(liveItem) (frame []byte, ok bool)
	pushes <-chan agent.Push // nil: no desk
	alive  func(context.Context) error
	beaten func()
	why    func() error // why the desk ended

	w   io.Writer
	ctl *http.ResponseController
	now func() time.Time
	buf bytes.Buffer
	got []liveItem // what was read last; kept for its memory
}

// hello is the first frame: where the stream begins, and the server's clock, so that a browser can measure its offset.
type hello struct {
	Now  time.Time `json:"now"`
	Beat float64   `json:"beat_seconds"`
	Ring int       `json:"ring"` // events that can be resumed
}

// run sends until the reader leaves, falls behind, its session ends or the hub shuts. The error says which.
func (s *stream) run(ctx context.Context, last string) error {
	fmt.Fprintf(&s.buf, "retry: %d\n\n", reconnect.Milliseconds())
	begin := "hello"
	if last == "" {
		s.place = s.hub.now()
	} else if p, ok := s.hub.resume(last); ok {
		s.place = p
	} else {
		// What was missed cannot be told: the client must load everything anew.
		s.place, begin = s.hub.now(), "reset"
	}
	data, err := json.Marshal(hello{Now: s.now(), Beat: beat.Seconds(), Ring: len(s.hub.ring)})
	if err != nil {
		return fmt.Errorf("web: encode %s: %w", begin, err)
	}
	s.frame(s.hub.id(s.place), begin, data)
	if err := s.flush(); err != nil {
		return err
	}
	ready := make(chan struct{})
	close(ready)
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		items, wake, fell, shut := s.hub.read(s.place, batch, s.got[:0])
		switch {
		case fell:
			return errFell
		case len(items) > 0:
			s.got = items
			if err := s.send(items); err != nil {
				return err
			}
			// There may be more: do not wait, but let a push or the beat have its turn, so that no flood delays a pop.
			wake = ready
		case shut:
			s.frame("", "bye", []byte(`{}`))
			return s.flush()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wake:
		case push, open := <-s.pushes:
			if !open {
				s.frame("", "desk-closed", deskClosed(s.why()))
				return s.flush()
			}
			if err := s.push(push); err != nil {
				return err
			}
		case <-tick.C:
			if err := s.beat(ctx); err != nil {
				return err
			}
		}
	}
}

func (s *stream) send(items []liveItem) error {
	for _, item := range items {
		s.place = place(item.id)
		if frame, ok := s.hears(item); ok {
			s.buf.Write(frame)
		}
	}
	return s.flush()
}

func (s *stream) push(p agent.Push) error {
	data, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("web: encode push %s: %w", p.Kind, err)
	}
	s.frame("", p.Kind, data)
	return s.flush()
}

// beat keeps the connection and the desk alive, moves the browser's last id past events that it does not hear (a block
// without data sets the id and dispatches nothing), and ends the stream when the session did.
func (s *stream) beat(ctx context.Context) error {
	if err := s.alive(ctx); err != nil {
		s.frame("", "bye", []byte(`{"why":"session"}`))
		return errors.Join(err, s.flush())
	}
	s.beaten()
	fmt.Fprintf(&s.buf, ": %s\nid: %s\n\n", s.now().UTC().Format(time.RFC3339), s.hub.id(s.place))
	return s.flush()
}

// frame adds one event to the buffer. data is one line of JSON.
func (s *stream) frame(id, kind string, data []byte) {
	s.buf.Write(appendFrame(s.buf.AvailableBuffer(), id, kind, data))
}

// appendFrame adds one server-sent event to b. data is one line of JSON.
func appendFrame(b []byte, id, kind string, data []byte) []byte {
	if id != "" {
		b = append(append(append(b, "id: "...), id...), '\n')
	}
	b = append(append(append(b, "event: "...), kind...), "\ndata: "...)
	return append(append(b, data...), "\n\n"...)
}

// flush writes the buffer within writeTime.
func (s *stream) flush() error {
	if s.buf.Len() == 0 {
		return nil
	}
	if err := s.ctl.SetWriteDeadline(time.Now().Add(writeTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("web: stream deadline: %w", err)
	}
	if _, err := s.w.Write(s.buf.Bytes()); err != nil {
		return fmt.Errorf("web: stream write: %w", err)
	}
	s.buf.Reset()
	if err := s.ctl.Flush(); err != nil {
		return fmt.Errorf("web: stream flush: %w", err)
	}
	// HTTP/2 resets a stream whose deadline passes even while nothing is written, so the deadline must not stay.
	if err := s.ctl.SetWriteDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("web: stream deadline: %w", err)
	}
	return nil
}

// floorEars decides what a wallboard hears: every event of the queues, masked, also for agents, who see the numbers of all queues
// anyway; and for supervisors their notices.
func floorEars(w *who) func(liveItem) ([]byte, bool) {
	supervises := w.has(Supervisor)
	return func(item liveItem) ([]byte, bool) {
		if item.to&ToOne != 0 {
			return item.full, item.agent == w.Login
		}
		return item.plain, item.to&ToQueueAgents != 0 || supervises && item.to&ToSupervisors != 0
	}
}

// readersEars adds to what is heard that cases and orders change. What changed is read on the page, by who may read it.
func readersEars(hears func(liveItem) ([]byte, bool)) func(liveItem) ([]byte, bool) {
	return func(item liveItem) ([]byte, bool) {
		if item.to&ToReaders != 0 {
			return item.plain, true
		}
		return hears(item)
	}
}

// ears decides what one reader hears: supervisors everything in full; agents what concerns them or a queue of theirs, masked;
// dispatchers and administrators what is addressed to them.
func ears(w *who, queues func() []string) func(liveItem) ([]byte, bool) {
	return func(item liveItem) ([]byte, bool) {
		switch {
		case item.to&ToOne != 0:
			return item.full, item.agent == w.Login
		case item.to&ToSupervisors != 0 && w.has(Supervisor):
			return item.full, true
		case item.to&ToDispatchers != 0 && w.has(Dispatcher), item.to&ToAdministrators != 0 && w.has(Administrator):
			return item.plain, true
		case item.to&ToQueueAgents != 0 && w.has(Agent):
			if item.agent == w.Login || item.queue != "" && slices.Contains(queues(), item.queue) {
				return item.plain, true
			}
		}
		return nil, false
	}
}
