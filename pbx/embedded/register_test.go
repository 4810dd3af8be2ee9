package embedded_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/icholy/digest"

	"hotline/pbx"
	"hotline/pbx/embedded"
	"hotline/pbx/pbxtest"
)

// login answers a challenge as user does with this secret; nc counts.
func login(t *testing.T, challenged, user, secret string, nc int) string {
	t.Helper()
	c, err := digest.ParseChallenge(header(challenged, "WWW-Authenticate"))
	if err != nil {
		t.Fatalf("%v in %q", err, challenged)
	}
	answer, err := digest.Digest(c, digest.Options{
		Method: "REGISTER", URI: "sip:hotline", Username: user, Password: secret, Count: nc, Cnonce: "0a4f113b",
	})
	if err != nil {
		t.Fatal(err)
	}
	return "Authorization: " + answer.String()
}

func put(t *testing.T, sw *embedded.Switch, phone string) {
	t.Helper()
	err := sw.PutPhone(t.Context(), pbx.PhoneAccount{Phone: phone, HA1: pbxtest.HA1(phone, "secret-"+phone)})
	if err != nil {
		t.Fatal(err)
	}
}

// register is a REGISTER of user, with more lines.
func (s *stranger) register(user string, lines ...string) string {
	s.t.Helper()
	return s.ask(s.message("REGISTER", "sip:hotline", append(lines, "To: <sip:"+user+"@hotline>", "From: <sip:"+user+"@hotline>;tag=r")...))
}

// TestRegister: the ways of RFC 3261 §10 and §22.
func TestRegister(t *testing.T) {
	sw, _ := running(t, embedded.Options{})
	put(t, sw, "li")
	s := newStranger(t, sw, "127.0.0.9")
	first := s.register("li")
	if !strings.HasPrefix(first, "SIP/2.0 401") || !strings.Contains(first, `realm="hotline"`) || strings.Contains(first, "stale") {
		t.Fatalf("first: %q", first)
	}
	contact := "Contact: <sip:li@127.0.0.9:5999>"
	want := func(what, got, code string) {
		t.Helper()
		if !strings.HasPrefix(got, "SIP/2.0 "+code+" ") {
			t.Errorf("%s: %q, want %s", what, firstLine(got), code)
		}
	}
	right := login(t, first, "li", "secret-li", 1)
	got := s.register("li", right, contact, "Expires: 60")
	want("right", got, "200")
	if header(got, "Contact") != "<sip:li@127.0.0.9:5999>;expires=60" {
		t.Errorf("registered as %q", header(got, "Contact"))
	}
	replayed := s.register("li", right, contact, "Expires: 60")
	want("the same credentials again", replayed, "401")
	if !strings.Contains(replayed, "stale=true") {
		t.Error("a used counter is not stale")
	}
	want("the next counter", s.register("li", login(t, first, "li", "secret-li", 2), contact), "200")
	want("another's account", s.register("wang", login(t, first, "li", "secret-li", 3), contact), "401")
	want("too brief", s.register("li", login(t, first, "li", "secret-li", 4), contact, "Expires: 5"), "423")
	got = s.register("li", login(t, first, "li", "secret-li", 5), contact, "Expires: 99999999999999999999")
	want("for ever", got, "200")
	if !strings.HasSuffix(header(got, "Contact"), ";expires=300") {
		t.Errorf("for ever is %q", header(got, "Contact"))
	}
	want("star without end", s.register("li", login(t, first, "li", "secret-li", 6), "Contact: *", "Expires: 60"), "400")
	want("e-mail", s.register("li", login(t, first, "li", "secret-li", 7), "Contact: <mailto:li@x>"), "416")
	got = s.register("li", login(t, first, "li", "secret-li", 8), "Contact: -")
	want("what is there", got, "200")
	if header(got, "Contact") == "" {
		t.Error("the list is empty")
	}
	got = s.register("li", login(t, first, "li", "secret-li", 9), "Contact: *", "Expires: 0")
	want("all away", got, "200")
	if header(got, "Contact") != "" {
		t.Errorf("left: %q", header(got, "Contact"))
	}
	forged := strings.Replace(login(t, first, "li", "secret-li", 10), `nonce="`, `nonce="AAAA`, 1)
	if got := s.register("li", forged, contact); !strings.Contains(got, "stale=true") {
		t.Errorf("a nonce that is not ours: %q", firstLine(got))
	}
}

// TestNoEnumeration: a wrong password and an account that does not exist are answered alike.
func TestNoEnumeration(t *testing.T) {
	sw, _ := running(t, embedded.Options{})
	put(t, sw, "li")
	s := newStranger(t, sw, "127.0.0.9")
	shape := func(user string) string {
		got := s.register(user)
		got += s.register(user, login(t, got, user, "guess", 1))
		var b strings.Builder
		for line := range strings.Lines(got) {
			name, value, _ := strings.Cut(line, ":")
			if name == "WWW-Authenticate" {
				before, after, _ := strings.Cut(value, `nonce="`)
				_, after, _ = strings.Cut(after, `"`)
				value = before + after
			}
			if name != "Via" && name != "Call-ID" && name != "To" && name != "From" {
				b.WriteString(name + value)
			}
		}
		return b.String()
	}
	if there, not := shape("li"), shape("nobody"); there != not {
		t.Errorf("an account that exists:\n%s\none that does not:\n%s", there, not)
	}
}

// TestRegisterFlood: guessing is slowed to the rate that is allowed, and the agent at the same address still gets in.
func TestRegisterFlood(t *testing.T) {
	sw, events := running(t, embedded.Options{FailuresPerMin: 5})
	put(t, sw, "li")
	s := newStranger(t, sw, "127.0.0.9")
	challenged := s.register("li")
	right := login(t, challenged, "li", "secret-li", 1)
	for n := range 500 {
		s.send(s.message("REGISTER", "sip:hotline", "To: <sip:li@hotline>", login(t, challenged, "li", fmt.Sprint("guess", n), 1)))
	}
	s.send(s.message("REGISTER", "sip:hotline", "To: <sip:li@hotline>", right, "Contact: <sip:li@127.0.0.9:5999>"))
	refused := 0
	for {
		got := s.next()
		if strings.HasPrefix(got, "SIP/2.0 200") {
			break
		}
		refused++
	}
	if refused > 7 {
		t.Errorf("%d guesses were answered, want 5", refused)
	}
	for e := range events {
		if e.Kind == pbx.PhoneUp {
			break
		}
	}
	// Another address is not the flood's.
	other := newStranger(t, sw, "127.0.0.10")
	if got := other.register("li"); !strings.HasPrefix(got, "SIP/2.0 401") {
		t.Errorf("another address: %q", firstLine(got))
	}
}

// TestContactsAreBounded: a page that is reloaded again and again does not pile up.
func TestContactsAreBounded(t *testing.T) {
	sw, _ := running(t, embedded.Options{})
	put(t, sw, "li")
	s := newStranger(t, sw, "127.0.0.9")
	challenged := s.register("li")
	got := ""
	for n := range 20 {
		got = s.register("li", login(t, challenged, "li", "secret-li", n+1), fmt.Sprintf("Contact: <sip:li@127.0.0.9:%d>", 6000+n))
	}
	if n := strings.Count(got, "\r\nContact: "); n != 5 {
		t.Errorf("%d contacts, want 5", n)
	}
	if !strings.Contains(got, ":6019>") || strings.Contains(got, ":6000>") {
		t.Error("not the newest stayed")
	}
}

// TestPhoneGoesSilent: a phone of which nothing comes back is down within seconds of being needed, and up again by itself.
func TestPhoneGoesSilent(t *testing.T) {
	s := pbxtest.NewStage(t, harness(newSwitch(t, embedded.Options{})))
	agent := s.Phone("li", pbxtest.Behaviour{})
	_, call := s.Call()
	agent.Unplug()
	leg := s.Ask(call, "li", 1e9)
	s.LegEnded(call, leg, pbx.LegUnreachable)
	before := s.Events.Len()
	s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.PhoneDown && e.Phone == "li" }, "the phone to be down")
	agent.Plug()
	_, err := s.Events.WaitFrom(s.Ctx, before, func(e pbx.Event) bool { return e.Kind == pbx.PhoneUp && e.Phone == "li" })
	s.Must(err, "the phone to be up again")
}
