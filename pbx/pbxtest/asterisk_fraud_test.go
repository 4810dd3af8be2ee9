package pbxtest

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestWrongSecretIsRefused: digest accounts made at run time.
func TestWrongSecretIsRefused(t *testing.T) {
	ctx := patience(t)
	a := StartAsterisk(t, AsteriskOptions{})
	a.Provision("li", "right")
	for _, try := range []struct {
		user, secret string
		want         int
	}{{"li", "right", 0}, {"li", "wrong", 401}, {"nobody", "right", 401}, {"trunk-carrier", "right", 401}, {"500&PJSIP/li", "x", 401}} {
		phone := NewPhone(t, PhoneOptions{
			User: try.user, Secret: try.secret, NoRegister: true, Server: a.SIPAddr, IP: a.PhoneIP,
		})
		if err := phone.Register(ctx); statusOf(err) != try.want || (err == nil) != (try.want == 0) {
			t.Errorf("%s with %s: %v, want %d", try.user, try.secret, err, try.want)
		}
	}
	if contacts := a.CLI("pjsip show contacts"); strings.Count(contacts, "sip:") != 1 {
		t.Errorf("registered:\n%s", contacts)
	}
}

// TestAccountsChangeAtRunTime: a new secret counts from the next REGISTER, a dropped account is gone, and both hold after
// a restart.
func TestAccountsChangeAtRunTime(t *testing.T) {
	ctx := patience(t)
	a := StartAsterisk(t, AsteriskOptions{})
	phone := func(secret string) *Phone {
		return NewPhone(t, PhoneOptions{User: "li", Secret: secret, NoRegister: true, Server: a.SIPAddr, IP: a.PhoneIP})
	}
	want := func(secret string, code int) {
		t.Helper()
		if err := phone(secret).Register(ctx); statusOf(err) != code || (err == nil) != (code == 0) {
			t.Errorf("secret %s: %v, want %d", secret, err, code)
		}
	}
	a.Provision("li", "old")
	want("old", 0)
	a.Provision("li", "new")
	want("old", 401)
	want("new", 0)
	a.Restart()
	want("old", 401)
	want("new", 0)
	for _, kind := range []string{"endpoint", "aor", "auth"} {
		path := "/asterisk/config/dynamic/res_pjsip/" + kind + "/li"
		if status, body := a.ARI(http.MethodDelete, path, nil); status/100 != 2 {
			t.Errorf("drop %s: %d %s", kind, status, body)
		}
	}
	want("new", 401)
	a.Restart()
	want("new", 401)
}

// TestStrangersAreRefused: whoever is neither a trunk by address nor a phone by digest gets a challenge and no call.
func TestStrangersAreRefused(t *testing.T) {
	ctx := patience(t)
	a := StartAsterisk(t, AsteriskOptions{})
	a.Provision("li", "secret")
	for _, user := range []string{"13800138000", "trunk-carrier", "li", "nobody", "anonymous"} {
		stranger := NewPhone(t, PhoneOptions{User: user, Server: a.SIPAddr, IP: a.PhoneIP})
		for _, number := range []string{"4001", "*43", "0013800138000"} {
			ends(t, ctx, dial(t, ctx, stranger, number, DialOptions{}), 401)
		}
	}
	if list := channels(t, a); len(list) != 0 {
		t.Errorf("channels: %+v", list)
	}
}

// TestPhonesDialNothing is the wall against toll fraud: an agent's phone, rightly registered, reaches the echo test only.
func TestPhonesDialNothing(t *testing.T) {
	ctx := patience(t)
	a := StartAsterisk(t, AsteriskOptions{})
	agentPhone(t, a, "wang", Behaviour{Answer: true})
	phone := agentPhone(t, a, "li", Behaviour{})
	for _, number := range []string{
		"500&PJSIP/trunk-carrier/0013800138000", "500%26PJSIP%2Ftrunk-carrier%2F00138", "PJSIP/trunk-carrier/00138",
		"0013800138000", "13800138000", "4001", "+4001", "wang", "trunk-carrier", "s", "T", "i", "h", "*43&wang", "*4", "*431",
		"$%7BSHELL(id)%7D", "_X.", "*43,1,System(id)",
	} {
		ends(t, ctx, dial(t, ctx, phone, number, DialOptions{}), 404)
	}
	echo := dial(t, ctx, phone, "*43", DialOptions{})
	if err := echo.WaitHears(ctx, echo); err != nil {
		t.Errorf("the echo test: %v", err)
	}
	if err := echo.HangUp(ctx); err != nil {
		t.Error(err)
	}
}

// TestTransfersAndMessagesAreRefused: what could make Asterisk call out by itself is not even loaded.
func TestTransfersAndMessagesAreRefused(t *testing.T) {
	ctx := patience(t)
	a := StartAsterisk(t, AsteriskOptions{})
	phone := agentPhone(t, a, "li", Behaviour{})
	echo := dial(t, ctx, phone, "*43", DialOptions{})
	if err := echo.WaitAnswered(ctx); err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"REFER", "MESSAGE", "SUBSCRIBE", "PUBLISH", "NOTIFY"} {
		start, headers := echo.nextRequest(method)
		headers = append(headers, "Refer-To: <sip:0013800138000@"+a.SIPAddr+">", "Event: presence")
		branch := newBranch()
		short, cancel := context.WithTimeout(ctx, 300*time.Millisecond) // a REFER is not even answered
		answer, err := phone.request(short, branch, phone.message(start, branch, headers, ""))
		cancel()
		if err == nil && answer.StatusCode < 400 {
			t.Errorf("%s is answered %d", method, answer.StatusCode)
		}
		t.Log(method, answer, err)
	}
	if list := channels(t, a); len(list) != 1 {
		t.Errorf("channels: %+v", list)
	}
}

// TestCallersTextIsNeverEvaluated sends what an attacker puts into the caller's name and number. It must come through as
// plain text, or not at all, and the call must go on.
func TestCallersTextIsNeverEvaluated(t *testing.T) {
	ctx := patience(t)
	a := StartAsterisk(t, AsteriskOptions{})
	controller := connectController(t, a)
	caller := trunkCaller(t, a, "13800138000")
	for _, try := range []struct{ name, user, wantName, wantNumber string }{
		{"${SHELL(id)}", "13800138000", "${SHELL(id)}", "13800138000"},
		{"$[1+1]", "$%7BSHELL(id)%7D", "$[1+1]", ""},
		{"Zhang", "anonymous", "Zhang", ""},
		{"", "500&PJSIP%2ftrunk-carrier%2f00138", "", ""},
		{"张三 🎉", "+8613800138000", "张三 🎉", "+8613800138000"},
		{"a,b)c(d", "1,2)", "a,b)c(d", ""},
		{`x\"y`, "1%22%20%7C%201", `x"y`, ""},
		{"Set(GLOBAL(X)=1)", "12%2034", "Set(GLOBAL(X)=1)", ""},
	} {
		call := dial(t, ctx, caller, "4001", DialOptions{DisplayName: try.name, FromUser: try.user})
		arrived := controller.next(t, ctx).Channel.Caller
		if arrived.Name != try.wantName || arrived.Number != try.wantNumber {
			t.Errorf("%q <%s> arrived as %q <%s>, want %q <%s>",
				try.name, try.user, arrived.Name, arrived.Number, try.wantName, try.wantNumber)
		}
		if err := call.Cancel(ctx); err != nil {
			t.Error(err)
		}
	}
}

// TestMonstrousInvites: 10 kB of name, a line break inside it, no SDP, junk. Each has an outcome, and the next call works.
func TestMonstrousInvites(t *testing.T) {
	ctx := patience(t)
	a := StartAsterisk(t, AsteriskOptions{})
	controller := connectController(t, a)
	caller := trunkCaller(t, a, "13800138000")
	for name, options := range map[string]DialOptions{
		"10 kB of name": {DisplayName: strings.Repeat("n", 10_000)},
		"line break":    {DisplayName: "Zhang\r\nX-Injected: 1"},
		"no offer":      {NoOffer: true},
		"no From":       {Rewrite: func(s string) string { return strings.Replace(s, "From: ", "X-From: ", 1) }},
		"not SDP":       {Rewrite: func(s string) string { return strings.Replace(s, "v=0", "x=0", 1) }},
		"no end":        {Rewrite: func(s string) string { return strings.Repeat("A", 2000) + s }},
	} {
		before := len(channels(t, a))
		call := dial(t, ctx, caller, "4001", options)
		good := dial(t, ctx, caller, "4002", DialOptions{})
		for arrived := controller.next(t, ctx); arrived.Args[1] != "4002"; arrived = controller.next(t, ctx) {
			t.Logf("%s: arrived as %.80q <%s>", name, arrived.Channel.Caller.Name, arrived.Channel.Caller.Number)
		}
		t.Logf("%s: ended %v %+v, %d channels more", name, call.Passed(MarkEnded), call.End(), len(channels(t, a))-before-1)
		if err := good.Cancel(ctx); err != nil {
			t.Errorf("%s: the call after it: %v", name, err)
		}
	}
}
