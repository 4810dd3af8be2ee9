package asterisk_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/pbx"
	"hotline/pbx/asterisk"
	"hotline/pbx/pbxtest"
)

// newDriver makes a driver for a real Asterisk.
func newDriver(t *testing.T, real *pbxtest.Asterisk, adjust func(*asterisk.Options)) *asterisk.Driver {
	t.Helper()
	opt := asterisk.Options{
		Name: "a", URL: real.ARIURL, User: real.ARIUser, Password: real.ARIPassword,
		Log: slog.New(slog.NewTextHandler(testWriter{t}, nil)),
	}
	if adjust != nil {
		adjust(&opt)
	}
	d, err := asterisk.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// newNamed makes a driver with a name of its own.
func newNamed(t *testing.T, real *pbxtest.Asterisk, name string) *asterisk.Driver {
	t.Helper()
	return newDriver(t, real, func(o *asterisk.Options) { o.Name = name })
}

// testWriter puts log lines where the test's own go.
type testWriter struct{ t *testing.T }

func (w testWriter) Write(line []byte) (int, error) {
	w.t.Logf("%s", line)
	return len(line), nil
}

func harness(real *pbxtest.Asterisk, d *asterisk.Driver) pbxtest.Harness {
	return pbxtest.Harness{
		Switch: d, Accounts: d, SIPAddr: real.SIPAddr, TrunkIP: real.TrunkIP, PhoneIP: real.PhoneIP,
		DID: real.DIDs[0], Media: true,
	}
}

// until waits for a condition that no signal tells of, e.g. a number that Asterisk or a counter shows.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	end := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("never: %s", what)
		}
	}
}

// total adds up a counter, or the count of a histogram, over the labels given.
func total(t *testing.T, reg *prometheus.Registry, name string, labels map[string]string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, family := range families {
		if family.GetName() != "hotline_ari_"+name {
			continue
		}
	metrics:
		for _, m := range family.GetMetric() {
			for _, pair := range m.GetLabel() {
				if want, ok := labels[pair.GetName()]; ok && want != pair.GetValue() {
					continue metrics
				}
			}
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return sum
}

// wire is a TCP proxy before Asterisk's ARI that can be cut.
type wire struct {
	to       string
	listener net.Listener
	hands    sync.WaitGroup
	mu       sync.Mutex
	open     map[net.Conn]struct{}
	severed  bool
	now      int // connections
	most     int // at a time
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.20.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{to: to, listener: listener, open: map[net.Conn]struct{}{}}
	w.hands.Go(w.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		w.cut()
		w.hands.Wait()
	})
	return w
}

func (w *wire) url() string { return "http://" + w.listener.Addr().String() + "/ari" }

func (w *wire) accept() {
	for {
		in, err := w.listener.Accept()
		if err != nil {
			return
		}
		out, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", w.to)
		if err != nil {
			_ = in.Close()
			continue
		}
		if !w.hold(in, out) {
			continue
		}
		var both sync.WaitGroup
		for _, pair := range [][2]net.Conn{{in, out}, {out, in}} {
			both.Go(func() {
				_, _ = io.Copy(pair[0], pair[1])
				_ = pair[0].Close()
				_ = pair[1].Close()
			})
		}
		w.count(1)
		w.hands.Go(func() {
			both.Wait()
			w.count(-1)
		})
	}
}

func (w *wire) count(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now += n
	w.most = max(w.most, w.now)
}

// peak is how many connections there were at a time, at most.
func (w *wire) peak() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.most
}

func (w *wire) hold(conns ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range conns {
		if w.severed {
			_ = c.Close()
			continue
		}
		w.open[c] = struct{}{}
	}
	return !w.severed
}

// cut breaks every connection, and every later one until mend.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.severed = true
	for c := range w.open {
		_ = c.Close()
	}
	clear(w.open)
}

func (w *wire) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.severed = false
}

// synced waits for the n-th SwitchSynced.
func synced(t *testing.T, s *pbxtest.Stage, n int) pbx.Event {
	t.Helper()
	seen := 0
	return s.Wait(func(e pbx.Event) bool {
		if e.Kind == pbx.SwitchSynced {
			seen++
		}
		return e.Kind == pbx.SwitchSynced && seen == n
	}, "the switch to be in step again")
}

// canceled is a context that has ended.
func canceled(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
