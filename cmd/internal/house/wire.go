package house

import (
	"io"
	"net"
	"sync"

	"hotline/pbx/pbxtest"
)

// Wire is a TCP connection to somewhere that can be cut and mended.
type Wire struct {
	Addr string

	to       string
	listener net.Listener
	hands    sync.WaitGroup
	mu       sync.Mutex
	broken   bool
	open     map[net.Conn]struct{}
}

// NewWire lays a wire to an address; it is taken up with the test.
func NewWire(tb pbxtest.TB, to string) *Wire {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("wire: %v", err)
	}
	w := &Wire{Addr: listener.Addr().String(), to: to, listener: listener, open: map[net.Conn]struct{}{}}
	w.hands.Go(w.accept)
	tb.Cleanup(func() {
		listener.Close()
		w.Cut()
		w.hands.Wait()
	})
	return w
}

// Cut breaks every connection and lets none be made until Mend.
func (w *Wire) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken = true
	for c := range w.open {
		c.Close()
	}
	clear(w.open)
}

// Mend ends a Cut.
func (w *Wire) Mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken = false
}

func (w *Wire) accept() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", w.to)
		if err != nil {
			near.Close()
			continue
		}
		if !w.keep(near, far) {
			near.Close()
			far.Close()
			continue
		}
		w.hands.Go(func() { w.carry(near, far) })
		w.hands.Go(func() { w.carry(far, near) })
	}
}

func (w *Wire) keep(conns ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken {
		return false
	}
	for _, c := range conns {
		w.open[c] = struct{}{}
	}
	return true
}

// carry passes bytes on until one side ends, then ends both.
func (w *Wire) carry(from, to net.Conn) {
	_, _ = io.Copy(to, from) // how it ended does not matter: it is over
	from.Close()
	to.Close()
	w.mu.Lock()
	delete(w.open, from)
	delete(w.open, to)
	w.mu.Unlock()
}
