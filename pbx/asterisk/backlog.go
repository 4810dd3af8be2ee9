package asterisk

import (
	"errors"
	"sync"
	"time"
)

// errBacklogFull ends a connection whose frames are not worked off: nothing is dropped silently, everything is looked up
// again on the next connection.
var errBacklogFull = errors.New("asterisk: backlog of events is full")

// frame is one websocket message as it came.
type frame struct {
	data []byte
	at   time.Time // when it was read
}

// backlog holds the frames of one connection between its reader and the owner, bounded by bytes.
type backlog struct {
	ready chan struct{} // holds a token while there is something to take, or the end

	mu     sync.Mutex
	frames []frame
	bytes  int
	limit  int
	ended  bool
	m      *counters
}

func newBacklog(limit int, m *counters) *backlog {
	return &backlog{ready: make(chan struct{}, 1), limit: limit, m: m}
}

// put adds a frame; errBacklogFull when it does not fit.
func (b *backlog) put(f frame) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bytes+len(f.data) > b.limit && len(b.frames) > 0 {
		return errBacklogFull
	}
	b.frames = append(b.frames, f)
	b.bytes += len(f.data)
	b.m.backlog.Set(float64(b.bytes))
	b.signal()
	return nil
}

// end says that no frame follows.
func (b *backlog) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	b.signal()
}

func (b *backlog) signal() {
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

// take gives at most n frames in order; done says that none is left and none follows.
func (b *backlog) take(n int) (frames []frame, done bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n = min(n, len(b.frames))
	frames = b.frames[:n:n]
	b.frames = b.frames[n:]
	for _, f := range frames {
		b.bytes -= len(f.data)
	}
	b.m.backlog.Set(float64(b.bytes))
	if len(b.frames) > 0 || b.ended {
		b.signal()
	}
	return frames, b.ended && len(b.frames) == 0
}
