package embedded

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

	"github.com/emiago/sipgo/sip"

	"hotline/pbx"
)

// world is a switch without a network in a synctest bubble, a caller and an agent's phone played by hand, message by message.
type world struct {
	*testing.T
	s             *Switch
	caller, phone *tape
	mu            sync.Mutex
	events        []pbx.Event
	call          pbx.CallID
	leg           pbx.LegID
	invite        *sip.Request // the caller's, as sent
	rung          *sip.Request // the phone's, as it came
	seq           uint32       // of the caller's requests
}

const sdpText = "v=0\r\no=- 5 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=sendrecv\r\n"

// play runs a scene in a bubble.
func play(t *testing.T, scene func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Options{Name: "w", Log: slog.New(slog.NewTextHandler(t.Output(), nil)), DIDs: func(n string) bool { return n == "4001" }})
		if err != nil {
			t.Fatal(err)
		}
		w := &world{
			T: t, s: s, caller: newTape("UDP", "192.0.2.7:5060"), phone: newTape("UDP", "192.0.2.8:5060"),
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx, w.hear) }()
		synctest.Wait()
		s.phones.accounts["li"] = &account{PhoneAccount: pbx.PhoneAccount{Phone: "li"}, contacts: []*contact{{
			uri: sip.Uri{Scheme: "sip", User: "li", Host: "192.0.2.8"}, flow: w.phone,
			until: time.Now().Add(24 * time.Hour), next: time.Now().Add(24 * time.Hour), // no probes: not the matter here
		}}}
		scene(w)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func (w *world) hear(e pbx.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

// told is what the switch has told so far.
func (w *world) told() []pbx.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.events)
}

// pass lets time go by.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// dial sends the caller's INVITE with more lines.
func (w *world) dial(more ...string) {
	w.Helper()
	w.seq = 1
	text := lines(append([]string{
		"INVITE sip:4001@x SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.7;rport;branch=z9hG4bK" + token(), "From: <sip:13800138000@y>;tag=caller",
		"To: <sip:4001@x>", "Call-ID: " + token(), "CSeq: 1 INVITE", "Contact: <sip:c@192.0.2.7>", "Max-Forwards: 70",
		"Content-Type: application/sdp", fmt.Sprintf("Content-Length: %d", len(sdpText)),
	}, more...)...) + sdpText
	w.invite, _ = parse(w, text).(*sip.Request)
	w.s.take(w.caller, []byte(text))
	synctest.Wait()
	for _, e := range w.told() {
		if e.Kind == pbx.CallArrived {
			w.call = e.Call
		}
	}
	if w.call == "" {
		w.Fatalf("no call arrived: %q", w.caller.all())
	}
}

// talk brings a call to where both are connected. answer are more lines of the phone's 200.
func (w *world) talk(answer ...string) {
	w.Helper()
	w.leg = pbx.NewLegID(w.call, "li", 1)
	if err := w.s.Ring(w.Context(), w.call, pbx.Ring{Leg: w.leg, Phone: "li", Timeout: time.Minute}); err != nil {
		w.Fatal(err)
	}
	synctest.Wait()
	w.rung, _ = parse(w, w.phone.last("INVITE")).(*sip.Request)
	w.reply(w.phone, w.rung, 200, sdpText, answer...)
	if err := w.s.Connect(w.Context(), w.call, w.leg); err != nil {
		w.Fatal(err)
	}
	synctest.Wait()
	w.ack(w.caller.last("SIP/2.0 200"))
}

// reply answers a request that came to a tape.
func (w *world) reply(f *tape, r *sip.Request, code int, sdp string, more ...string) {
	w.Helper()
	to := r.To().Value()
	if !r.To().Params.Has("tag") {
		to += ";tag=phone"
	}
	text := lines(append([]string{
		fmt.Sprintf("SIP/2.0 %d X", code), "Via: " + r.Via().Value(), "From: " + r.From().Value(), "To: " + to,
		"Call-ID: " + r.CallID().Value(), "CSeq: " + r.CSeq().Value(), "Contact: <sip:p@" + f.peer.String() + ">",
		"Content-Type: application/sdp", fmt.Sprintf("Content-Length: %d", len(sdp)),
	}, more...)...) + sdp
	w.s.take(f, []byte(text))
	synctest.Wait()
}

// within is a request of the caller's in the dialog that a 200 made.
func (w *world) within(ok200, method string, seq uint32, sdp string, more ...string) {
	w.Helper()
	text := lines(append([]string{
		method + " sip:hotline@192.0.2.1 SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.7;rport;branch=z9hG4bK" + token(),
		"From: " + value(ok200, "From"), "To: " + value(ok200, "To"), "Call-ID: " + value(ok200, "Call-ID"),
		fmt.Sprintf("CSeq: %d %s", seq, method), "Contact: <sip:c@192.0.2.7>", "Max-Forwards: 70",
		"Content-Type: application/sdp", fmt.Sprintf("Content-Length: %d", len(sdp)),
	}, more...)...) + sdp
	w.s.take(w.caller, []byte(text))
	synctest.Wait()
}

func (w *world) ack(ok200 string) {
	w.Helper()
	seq, _, _ := strings.Cut(value(ok200, "CSeq"), " ")
	var n uint32
	if _, err := fmt.Sscan(seq, &n); err != nil {
		w.Fatalf("CSeq of %q", ok200)
	}
	w.within(ok200, "ACK", n, "")
}

// end is how the call ended, "" while it lives.
func (w *world) end() pbx.EndCode {
	for _, e := range w.told() {
		if e.Kind == pbx.CallEnded {
			return e.End.Code
		}
	}
	return ""
}

// newest is the last request of this method that came to a tape.
func (w *world) newest(f *tape, method string) *sip.Request {
	w.Helper()
	text := f.last(method + " ")
	if text == "" {
		w.Fatalf("no %s came: %q", method, f.all())
	}
	r, _ := parse(w, text).(*sip.Request)
	return r
}
