package embedded_test

import (
	"strings"
	"testing"

	"hotline/pbx"
	"hotline/pbx/embedded"
	"hotline/pbx/pbxtest"
)

// TestAnswers: what is refused, and how.
func TestAnswers(t *testing.T) {
	sw, events := running(t, embedded.Options{OddPerSecond: 1000})
	s := newStranger(t, sw, "127.0.0.9")
	for _, test := range []struct {
		name, text, want, header, value string
	}{
		{"options", s.message("OPTIONS", "sip:4001@x"), "200", "Accept", "application/sdp"},
		{"a number that is not ours", s.message("INVITE", "sip:008612345@x"), "404", "", ""},
		{"no number", s.message("INVITE", "sip:li@x"), "404", "", ""},
		{"dial string", s.message("INVITE", "sip:4001&PJSIP@x"), "404", "", ""},
		{"extension we lack", s.message("INVITE", "sip:4001@x", "Require: 100rel, gruu"), "420", "Unsupported", "100rel, gruu"},
		{"body that is no SDP", s.message("INVITE", "sip:4001@x", "Content-Type: text/plain", "Content-Length: 0"), "180", "", ""},
		{"session too short", s.message("INVITE", "sip:4001@x", "Session-Expires: 30", "Supported: timer"), "422", "Min-SE", "90"},
		{"no caller's tag, as before RFC 3261", s.message("INVITE", "sip:4001@x", "From: <sip:1@x>"), "180", "", ""},
		{"wrong version", strings.Replace(s.message("OPTIONS", "sip:4001@x"), "SIP/2.0\r\n", "SIP/3.0\r\n", 1), "505", "", ""},
		{"other scheme", s.message("INVITE", "tel:4001"), "416", "", ""},
		{"method against CSeq", s.message("OPTIONS", "sip:4001@x", "CSeq: 1 INVITE"), "400", "", ""},
		{"two From", s.message("OPTIONS", "sip:4001@x", "From: <sip:1@x>;tag=a", "From: <sip:2@x>;tag=b"), "400", "", ""},
		{"transfer", s.message("REFER", "sip:4001@x", "Refer-To: <sip:00861@x>"), "405", "Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, INFO, UPDATE"},
		{"message", s.message("MESSAGE", "sip:4001@x"), "405", "", ""},
		{"subscribe", s.message("SUBSCRIBE", "sip:4001@x"), "405", "", ""},
		{"unknown method", s.message("FROBNICATE", "sip:4001@x"), "405", "", ""},
		{"stray bye", s.message("BYE", "sip:4001@x", "To: <sip:4001@x>;tag=none"), "481", "", ""},
		{"stray bye without tag", s.message("BYE", "sip:4001@x"), "481", "", ""},
		{"stray cancel", s.message("CANCEL", "sip:4001@x"), "481", "", ""},
		{"stray re-invite", s.message("INVITE", "sip:4001@x", "To: <sip:4001@x>;tag=none"), "481", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := s.ask(test.text)
			for strings.HasPrefix(got, "SIP/2.0 100") {
				got = s.next()
			}
			if !strings.HasPrefix(got, "SIP/2.0 "+test.want+" ") {
				t.Errorf("got %q, want %s", firstLine(got), test.want)
			}
			if test.header != "" && header(got, test.header) != test.value {
				t.Errorf("%s: %q, want %q", test.header, header(got, test.header), test.value)
			}
			if strings.HasPrefix(got, "SIP/2.0 2") || strings.HasPrefix(got, "SIP/2.0 4") {
				if header(got, "To") == "" || !strings.Contains(header(got, "To"), "tag=") {
					t.Errorf("To without tag: %q", header(got, "To"))
				}
			}
		})
	}
	for e := range events {
		if e.Kind == pbx.CallArrived { // the one that rang
			break
		}
	}
	s.ignored(s.message("INVITE", "sip:4001@x", "User-Agent: friendly-scanner"))
	s.ignored(s.message("ACK", "sip:4001@x"))
	s.ignored("\r\n\r\n")
	s.ignored("GET / HTTP/1.1\r\n\r\n")
	s.ignored("SIP/2.0 200 OK\r\n\r\n")
}

// TestRetransmissions: an INVITE that comes again makes no second call, and is answered as before; the same request by another
// way is a loop.
func TestRetransmissions(t *testing.T) {
	sw, events := running(t, embedded.Options{})
	s := newStranger(t, sw, "127.0.0.9")
	invite := s.message("INVITE", "sip:4001@x", "Call-ID: same")
	if got := s.ask(invite); !strings.HasPrefix(got, "SIP/2.0 100") {
		t.Fatalf("got %q", firstLine(got))
	}
	first := s.next()
	for range 3 {
		if again := s.ask(invite); again != first {
			t.Errorf("again: %q", firstLine(again))
		}
	}
	merged := s.message("INVITE", "sip:4001@x", "Call-ID: same")
	if got := s.ask(merged); !strings.HasPrefix(got, "SIP/2.0 482") {
		t.Errorf("by another way: %q", firstLine(got))
	}
	cancel := strings.ReplaceAll(invite, "INVITE", "CANCEL")
	if got := s.ask(cancel); !strings.HasPrefix(got, "SIP/2.0 200") || !strings.Contains(got, "CANCEL") {
		t.Errorf("cancel: %q", firstLine(got))
	}
	if got := s.next(); !strings.HasPrefix(got, "SIP/2.0 487") {
		t.Errorf("invite: %q", firstLine(got))
	}
	arrived, ended := 0, 0
	for ended == 0 {
		switch e := <-events; e.Kind {
		case pbx.CallArrived:
			arrived++
		case pbx.CallEnded:
			ended++
			if e.End.Code != pbx.EndAbandoned {
				t.Errorf("ended by %s", e.End.Code)
			}
		}
	}
	if arrived != 1 {
		t.Errorf("%d calls", arrived)
	}
}

// TestAgentsPhoneCalls: an agent's phone may call the hotline like anybody, and nobody else.
func TestAgentsPhoneCalls(t *testing.T) {
	s := pbxtest.NewStage(t, harness(newSwitch(t, embedded.Options{})))
	agent, other := s.Phone("li", pbxtest.Behaviour{}), s.Phone("wang", pbxtest.Behaviour{})
	for _, number := range []string{"wang", "008613800138000", "trunk", "4002"} {
		out, err := agent.Dial(s.Ctx, number, pbxtest.DialOptions{})
		s.Must(err, "dial")
		if end := s.Gone(out); end.Code != 403 {
			t.Errorf("%s: ended with %d, want 403", number, end.Code)
		}
	}
	if len(other.Calls()) != 0 {
		t.Error("a phone rang another phone")
	}
	before := s.Events.Len()
	out, err := agent.Dial(s.Ctx, did, pbxtest.DialOptions{})
	s.Must(err, "dial")
	e, err := s.Events.WaitFrom(s.Ctx, before, func(e pbx.Event) bool { return e.Kind == pbx.CallArrived })
	s.Must(err, "the call to arrive")
	leg, in := s.Ring(e.Call, other)
	in.Answer()
	s.Told(pbx.LegAnswered, e.Call, leg)
	s.Must(s.Switch.Connect(s.Ctx, e.Call, leg), "connect")
	s.Hear(out, in)
	s.Must(out.HangUp(s.Ctx), "hang up")
	s.Ended(e.Call, pbx.EndByCaller)
}

// TestDrain: a switch that is about to end takes no new call and keeps those that are up.
func TestDrain(t *testing.T) {
	sw := newSwitch(t, embedded.Options{})
	s := pbxtest.NewStage(t, harness(sw))
	out, in, call, _ := s.Talk(s.Phone("li", pbxtest.Behaviour{}))
	sw.Drain()
	stranger := newStranger(t, sw, "127.0.0.9")
	got := stranger.ask(stranger.message("INVITE", "sip:4001@x"))
	if !strings.HasPrefix(got, "SIP/2.0 503") || header(got, "Retry-After") == "" {
		t.Errorf("got %q, Retry-After %q", firstLine(got), header(got, "Retry-After"))
	}
	s.Hear(out, in)
	s.Must(out.HangUp(s.Ctx), "hang up")
	s.Ended(call, pbx.EndByCaller)
}

// TestEndOfProcess: when Run ends, every call ends, told, and the phones hear of it.
func TestEndOfProcess(t *testing.T) {
	s := pbxtest.NewStage(t, harness(newSwitch(t, embedded.Options{})))
	phone := func(name string) *pbxtest.Phone { // not the stage's, which would unregister it in the end
		s.Provision(name)
		return pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: name, Secret: "secret-" + name, Server: s.SIPAddr, IP: s.PhoneIP})
	}
	agent, idle := phone("li"), phone("wang")
	out, in, talking, leg := s.Talk(agent)
	waiting, call := s.Call()
	second, ringing := s.Ring(call, idle)
	s.Told(pbx.LegRinging, call, second)
	s.Abandon()
	s.Ended(talking, pbx.EndBySystem)
	s.LegEnded(talking, leg, pbx.LegCallerGone)
	s.Ended(call, pbx.EndSwitchFault)
	s.LegEnded(call, second, pbx.LegCancelled)
	s.Gone(out)
	s.Gone(in)
	s.Gone(ringing)
	if end := s.Gone(waiting); end.Code != 503 {
		t.Errorf("the waiting caller was told %d", end.Code)
	}
}
