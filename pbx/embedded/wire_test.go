package embedded

import (
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/emiago/sipgo/sip"
)

// tape is a flow that keeps what is sent to its peer.
type tape struct {
	proto string
	peer  netip.AddrPort
	end   chan struct{} // nil for UDP

	mu   sync.Mutex
	sent []string
	news chan struct{}
}

func newTape(proto, peer string) *tape {
	f := &tape{proto: proto, peer: netip.MustParseAddrPort(peer), news: make(chan struct{}, 1000)}
	if proto != "UDP" {
		f.end = make(chan struct{})
	}
	return f
}

func (f *tape) send(raw []byte) error {
	f.mu.Lock()
	f.sent = append(f.sent, string(raw))
	f.mu.Unlock()
	select {
	case f.news <- struct{}{}:
	default:
	}
	return nil
}

func (f *tape) transport() string      { return f.proto }
func (f *tape) remote() netip.AddrPort { return f.peer }
func (f *tape) local() string          { return "192.0.2.1:5060" }
func (f *tape) gone() <-chan struct{}  { return f.end }
func (f *tape) key() string            { return f.proto + f.peer.String() }

func (f *tape) all() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.sent...)
}

// count is how many messages beginning with this were sent.
func (f *tape) count(prefix string) int {
	n := 0
	for _, text := range f.all() {
		if strings.HasPrefix(text, prefix) {
			n++
		}
	}
	return n
}

// last is the newest message beginning with this.
func (f *tape) last(prefix string) string {
	found := ""
	for _, text := range f.all() {
		if strings.HasPrefix(text, prefix) {
			found = text
		}
	}
	return found
}

func parse(t testing.TB, text string) sip.Message {
	t.Helper()
	m, err := sip.NewParser().ParseSIP([]byte(text))
	if err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return m
}

// lines makes a message of its lines; a body may follow an empty one.
func lines(text ...string) string { return strings.Join(text, "\r\n") + "\r\n\r\n" }

func value(text, name string) string {
	for line := range strings.Lines(text) {
		if v, ok := strings.CutPrefix(line, name+": "); ok {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
