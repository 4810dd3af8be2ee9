package pbxtest

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hotline/pbx"
)

// testNoDialStrings: text that a user typed never becomes a dial string, an account or a path.
func testNoDialStrings(s *Stage) {
	_, call := s.Call()
	for _, name := range []string{
		"500&PJSIP/trunk-carrier/00123", "trunk-carrier", "a/../b", "", "A", "li,b", "li@elsewhere", "${SHELL(id)}", "li~1",
	} {
		if err := s.Switch.Ring(s.Ctx, call, pbx.Ring{Leg: pbx.NewLegID(call, name, 1), Phone: name, Timeout: time.Second}); err == nil {
			s.Errorf("rang %q", name)
		}
		if err := s.Accounts.PutPhone(s.Ctx, pbx.PhoneAccount{Phone: name, HA1: HA1("li", "x")}); err == nil {
			s.Errorf("made an account %q", name)
		}
		if err := s.Accounts.DropPhone(s.Ctx, name); err == nil {
			s.Errorf("dropped an account %q", name)
		}
	}
	if err := s.Accounts.PutPhone(s.Ctx, pbx.PhoneAccount{Phone: "li", HA1: "secret"}); err == nil {
		s.Error("made an account with a secret in place of its digest")
	}
	leg := pbx.NewLegID(call, "li", 1)
	for what, ring := range map[string]pbx.Ring{
		"no time-out":         {Leg: leg, Phone: "li"},
		"another phone's leg": {Leg: leg, Phone: "wang", Timeout: time.Second},
		"another call's leg":  {Leg: pbx.NewLegID("x-1", "li", 1), Phone: "li", Timeout: time.Second},
	} {
		if err := s.Switch.Ring(s.Ctx, call, ring); err == nil {
			s.Errorf("rang with %s", what)
		}
	}
}

// testCallerNames: what strangers put into their name and number arrives clean, rings phones, and is never evaluated.
func testCallerNames(s *Stage) {
	agent := s.Phone("names", Behaviour{})
	for _, test := range []struct{ number, name, wantNumber, wantName string }{
		{"13800138000", "${SHELL(id)}", "13800138000", "SHELL(id)"},
		{"13800138000", "李雷 😀", "13800138000", "李雷 😀"},
		{"13800138000", strings.Repeat("x", 10_000), "13800138000", ""},
		{"13800138000", "a%0d%0ab", "13800138000", "a%0d%0ab"},
		{"anonymous", "Anonymous", "", "Anonymous"},
		{"500&PJSIP", "x", "", "x"},
		{"+8613800138000", "", "+8613800138000", ""},
	} {
		before := s.Events.Len()
		out, err := s.Caller.Dial(s.Ctx, s.DID, DialOptions{FromUser: test.number, DisplayName: test.name})
		s.Must(err, "dial")
		e, err := s.Events.WaitFrom(s.Ctx, before, func(e pbx.Event) bool { return e.Kind == pbx.CallArrived })
		s.Must(err, "the call of "+test.number+" to arrive")
		got := e.Arrival
		if got.Caller != test.wantNumber {
			s.Errorf("number %q arrived as %q", test.number, got.Caller)
		}
		if test.wantName != "" && got.CallerName != test.wantName {
			s.Errorf("name %.40q arrived as %q", test.name, got.CallerName)
		}
		if n := utf8.RuneCountInString(got.CallerName); n > 64 || strings.ContainsFunc(got.CallerName, unicode.IsControl) {
			s.Errorf("name of %d runes: %q", n, got.CallerName)
		}
		s.n++
		leg := pbx.NewLegID(e.Call, "names", s.n)
		s.Must(s.Switch.Ring(s.Ctx, e.Call, pbx.Ring{
			Leg: leg, Phone: "names", CallerID: test.number, CallerName: test.name, Timeout: 5 * time.Second,
		}), "ring")
		s.Accept(leg)
		in, err := agent.WaitInvite(s.Ctx)
		s.Must(err, "the phone to ring")
		if strings.Contains(in.CallerName(), "uid=") {
			s.Fatalf("the name was evaluated: %q", in.CallerName())
		}
		if test.wantName != "" && in.CallerName() != test.wantName {
			s.Errorf("the phone shows %q for %q", in.CallerName(), test.name)
		}
		s.Must(out.Cancel(s.Ctx), "give up")
		s.Ended(e.Call, pbx.EndAbandoned)
		s.Gone(in)
	}
}

// testPhoneComesAndGoes: registration is told as it changes, and once.
func testPhoneComesAndGoes(s *Stage) {
	p := s.Phone("wanders", Behaviour{})
	before := s.Events.Len()
	s.Must(p.Unregister(s.Ctx), "unregister")
	_, err := s.Events.WaitFrom(s.Ctx, before, func(e pbx.Event) bool { return e.Kind == pbx.PhoneDown && e.Phone == "wanders" })
	s.Must(err, "the phone to be known as gone")
	before = s.Events.Len()
	s.Must(p.Register(s.Ctx), "register")
	_, err = s.Events.WaitFrom(s.Ctx, before, func(e pbx.Event) bool { return e.Kind == pbx.PhoneUp && e.Phone == "wanders" })
	s.Must(err, "the phone to be known as back")
	up := 0
	for _, e := range s.Events.All() {
		if e.Phone == "wanders" && e.Kind == pbx.PhoneUp {
			up++
		}
	}
	if up != 2 {
		s.Errorf("told up %d times, want 2", up)
	}
}
