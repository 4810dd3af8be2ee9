package embedded

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

func outgoing(t *testing.T, method sip.RequestMethod) *sip.Request {
	t.Helper()
	return parse(t, lines(fmt.Sprintf("%s sip:li@192.0.2.9 SIP/2.0", method),
		"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK"+token(), "From: <sip:a@x>;tag=1", "To: <sip:b@x>", "Call-ID: c",
		fmt.Sprintf("CSeq: 7 %s", method), "Max-Forwards: 70", "Content-Length: 0")).(*sip.Request)
}

func back(r *sip.Request, code int, tag string) *sip.Response {
	res := sip.NewResponse(code, "X")
	res.AppendHeader(r.Via().Clone())
	res.AppendHeader(sip.HeaderClone(r.From()))
	to, _ := sip.HeaderClone(r.To()).(*sip.ToHeader)
	to.Params.Add("tag", tag)
	res.AppendHeader(to)
	res.AppendHeader(sip.HeaderClone(r.CallID()))
	res.AppendHeader(sip.HeaderClone(r.CSeq()))
	res.SetBody(nil)
	return res
}

// TestClientTimers: how often a request goes out when nothing comes back, and when that is given up (RFC 3261 §17.1).
func TestClientTimers(t *testing.T) {
	for _, test := range []struct {
		proto  string
		method sip.RequestMethod
		sent   int
	}{
		{"UDP", sip.INVITE, 7},   // 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s
		{"UDP", sip.OPTIONS, 11}, // the same to 3.5, then every 4 s
		{"TCP", sip.INVITE, 1}, {"TCP", sip.OPTIONS, 1},
	} {
		t.Run(test.proto+" "+string(test.method), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				all, f := newTransactions(10), newTape(test.proto, "192.0.2.9:5060")
				var why error
				var after time.Duration
				began := time.Now()
				all.send(f, outgoing(t, test.method), func(_ *sip.Response, err error) { why, after = err, time.Since(began) })
				pass(time.Minute) // the bubble's clock
				if !errors.Is(why, errNoAnswer) || after != 32*time.Second || len(f.all()) != test.sent {
					t.Errorf("sent %d times, gave up after %s: %v", len(f.all()), after, why)
				}
				if clients, _ := all.size(); clients != 0 {
					t.Errorf("%d are left", clients)
				}
			})
		})
	}
}

// TestClientInvite: provisional answers stop the repeating, a 2xx that comes again is acknowledged again and told once, and so
// is a refusal.
func TestClientInvite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all, f := newTransactions(10), newTape("UDP", "192.0.2.9:5060")
		r := outgoing(t, sip.INVITE)
		var told []int
		tx := all.send(f, r, func(res *sip.Response, err error) {
			if err != nil {
				t.Error(err)
				return
			}
			told = append(told, res.StatusCode)
		})
		tx.receive(back(r, 180, "p"))
		pass(10 * time.Minute) // a phone may ring for long
		tx.receive(back(r, 200, "p"))
		tx.ack("p", []byte("ACK p"))
		tx.receive(back(r, 200, "p"))
		tx.receive(back(r, 200, "p"))
		tx.receive(back(r, 200, "other")) // another branch of a fork
		tx.receive(back(r, 486, "p"))     // too late to matter
		if f.count("INVITE") != 1 || f.count("ACK p") != 3 || fmt.Sprint(told) != "[180 200 200]" {
			t.Errorf("%d INVITEs, %d ACKs, told %v", f.count("INVITE"), f.count("ACK p"), told)
		}
		pass(time.Minute)
		if clients, _ := all.size(); clients != 0 {
			t.Errorf("%d are left", clients)
		}

		r = outgoing(t, sip.INVITE)
		told = nil
		tx = all.send(f, r, func(res *sip.Response, _ error) { told = append(told, res.StatusCode) })
		tx.receive(back(r, 486, "p"))
		tx.receive(back(r, 486, "p"))
		ack := f.last("ACK sip:")
		if f.count("ACK sip:") != 2 || fmt.Sprint(told) != "[486]" || value(ack, "CSeq") != "7 ACK" ||
			value(ack, "Via") != r.Via().Value() || value(ack, "To") != "<sip:b@x>;tag=p" {
			t.Errorf("%d ACKs, told %v, the last\n%s", f.count("ACK sip:"), told, ack)
		}
		pass(time.Minute)
	})
}

// TestCancelWaits: a CANCEL goes out only after something came back (RFC 3261 §9.1), and an INVITE that stays unanswered
// after it ends by itself.
func TestCancelWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all, f := newTransactions(10), newTape("TCP", "192.0.2.9:5060")
		r := outgoing(t, sip.INVITE)
		var why error
		tx := all.send(f, r, func(_ *sip.Response, err error) { why = err })
		tx.cancel(answeredElsewhere)
		if f.count("CANCEL") != 0 {
			t.Error("cancelled before anything came back")
		}
		tx.receive(back(r, 100, ""))
		tx.cancel("")
		cancel := f.last("CANCEL")
		if f.count("CANCEL") != 1 || value(cancel, "Via") != r.Via().Value() || value(cancel, "CSeq") != "7 CANCEL" ||
			value(cancel, "Reason") != answeredElsewhere {
			t.Errorf("%d CANCELs:\n%s", f.count("CANCEL"), cancel)
		}
		pass(33 * time.Second)
		if !errors.Is(why, errNoAnswer) {
			t.Errorf("ended with %v", why)
		}
	})
}

// TestServerInvite: a 2xx is repeated until its ACK, a refusal until its own, and neither for ever.
func TestServerInvite(t *testing.T) {
	for _, test := range []struct {
		code    int
		acked   bool
		sent    int
		unheard bool
	}{
		{200, true, 2, false}, {200, false, 11, true}, {486, true, 2, false}, {486, false, 11, false},
	} {
		t.Run(fmt.Sprint(test.code, test.acked), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				all, f := newTransactions(10), newTape("UDP", "192.0.2.9:5060")
				r := outgoing(t, sip.INVITE)
				tx := all.server(f, r)
				unheard := false
				tx.unheard = func() { unheard = true }
				if all.server(f, r) != nil {
					t.Error("one request began two")
				}
				tx.respond(answer(f, r, status{test.code, "X"}, "t"))
				tx.respond(answer(f, r, badRequest, "t")) // a second final answer is none
				pass(600 * time.Millisecond)              // one repetition
				if test.acked && test.code == 200 {
					tx.acked()
				} else if test.acked && !tx.refusalAcked() {
					t.Error("its ACK is not taken")
				}
				pass(time.Minute)
				if len(f.all()) != test.sent || unheard != test.unheard {
					t.Errorf("sent %d times, want %d; unheard %v", len(f.all()), test.sent, unheard)
				}
				if _, servers := all.size(); servers != 0 {
					t.Errorf("%d are left", servers)
				}
			})
		})
	}
}

// TestTransactionsAreBounded: too many at once are refused, not kept.
func TestTransactionsAreBounded(t *testing.T) {
	all, f := newTransactions(3), newTape("UDP", "192.0.2.9:5060")
	made := 0
	for range 10 {
		if all.server(f, outgoing(t, sip.BYE)) != nil {
			made++
		}
	}
	if made != 3 {
		t.Errorf("%d made, want 3", made)
	}
	all.close()
}

// TestClosedFlow: what waits for an answer on a connection learns of its end at once.
func TestClosedFlow(t *testing.T) {
	all, f := newTransactions(10), newTape("WS", "192.0.2.9:5060")
	var why error
	all.send(f, outgoing(t, sip.INVITE), func(_ *sip.Response, err error) { why = err })
	all.server(f, outgoing(t, sip.INVITE))
	all.flowGone(f)
	if clients, servers := all.size(); !errors.Is(why, errFlowClosed) || clients+servers != 0 {
		t.Errorf("%v, %d and %d are left", why, clients, servers)
	}
}
