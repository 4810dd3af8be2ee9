package pbxtest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestWrongSecretIsRefused: digest accounts made at run time.
func TestWrongSecretIsRefused(t *testing.T) {
	ctx := whileWaiting(t)
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
	ctx := whileWaiting(t)
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
	ctx := whileWaiting(t)
	a := StartAsterisk(t, AsteriskOptions{})
	a.Provision("li", "secret")
	for _, user := range []string{"13800138000", "trunk-carrier", "li", "nobody", "anonymous"} {
		stranger := NewPhone(t, PhoneOptions{User: user, Server: a.SIPAddr, IP: a.PhoneIP})
		for _, number := range []string{"4001", "*43", "0013800138000"} {
			ends(ctx, t, dial(ctx, t, stranger, number, DialOptions{}), 401)
		}
	}
	if list := channels(t, a); len(list) != 0 {
		t.Errorf("channels: %+v", list)
	}
}

// TestPhonesDialNothing is the wall against toll fraud: an agent's phone, rightly registered, reaches the echo test only.
func TestPhonesDialNothing(t *testing.T) {
	ctx := whileWaiting(t)
	a := StartAsterisk(t, AsteriskOptions{})
	agentPhone(t, a, "wang", Behaviour{Answer: true})
	phone := agentPhone(t, a, "li", Behaviour{})
	for _, number := range []string{
		"500&PJSIP/trunk-carrier/0013800138000", "500%26PJSIP%2Ftrunk-carrier%2F00138", "PJSIP/trunk-carrier/00138",
		"0013800138000", "13800138000", "4001", "+4001", "wang", "trunk-carrier", "s", "T", "i", "h", "*43&wang", "*4", "*431",
		"$%7BSHELL(id)%7D", "_X.", "*43,1,System(id)",
	} {
		ends(ctx, t, dial(ctx, t, phone, number, DialOptions{}), 404)
	}
	echo := dial(ctx, t, phone, "*43", DialOptions{})
	if err := echo.WaitHears(ctx, echo); err != nil {
		t.Errorf("the echo test: %v", err)
	}
	if err := echo.HangUp(ctx); err != nil {
		t.Error(err)
	}
}

// TestTransfersAndMessagesAreRefused: what could make Asterisk call out by itself is not even loaded, neither for a phone
// that proves who it is nor for the trunk.
func TestTransfersAndMessagesAreRefused(t *testing.T) {
	ctx := whileWaiting(t)
	a := StartAsterisk(t, AsteriskOptions{})
	phone, caller := agentPhone(t, a, "li", Behaviour{}), trunkCaller(t, a, "13800138000")
	echo := dial(ctx, t, phone, "*43", DialOptions{})
	if err := echo.WaitAnswered(ctx); err != nil {
		t.Fatal(err)
	}
	for method, want := range map[string]int{"REFER": 501, "MESSAGE": 501, "NOTIFY": 501, "PUBLISH": 489, "SUBSCRIBE": 603} {
		for _, from := range []*Phone{phone, caller} {
			if code := ask(ctx, t, from, method); code != want {
				t.Errorf("%s of %s is answered %d, want %d", method, from.User(), code, want)
			}
		}
	}
	if list := channels(t, a); len(list) != 1 {
		t.Errorf("channels: %+v", list)
	}
}

// ask sends a request outside of any call, answers a challenge, and gives the final status.
func ask(ctx context.Context, t *testing.T, from *Phone, method string) int {
	t.Helper()
	uri, callID, authorization := "sip:4001@"+from.server.String(), token(), ""
	for cseq := 1; ; cseq++ {
		branch := newBranch()
		answer, err := from.request(ctx, branch, from.message(method+" "+uri, branch, []string{
			"From: <sip:" + from.User() + "@test>;tag=1", "To: <" + uri + ">", "Call-ID: " + callID,
			fmt.Sprintf("CSeq: %d %s", cseq, method), "Contact: <" + from.contact() + ">",
			"Refer-To: <sip:0013800138000@test>", "Event: presence", authorization,
		}, ""))
		if err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		next, ok := from.answerChallenge(answer, method, uri, authorization)
		if answer.StatusCode != http.StatusUnauthorized || !ok {
			return answer.StatusCode
		}
		authorization = next
	}
}

// TestCallersTextIsNeverEvaluated sends what an attacker puts into the caller's name and number. It must come through as
// plain text, or not at all, and the call must go on.
func TestCallersTextIsNeverEvaluated(t *testing.T) {
	ctx := whileWaiting(t)
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
		{`x\"y`, "1%22%20%7C%201", `x\"y`, ""},
		{"Set(GLOBAL(X)=1)", "12%2034", "Set(GLOBAL(X)=1)", ""},
	} {
		call := dial(ctx, t, caller, "4001", DialOptions{DisplayName: try.name, FromUser: try.user})
		arrived := controller.next(ctx, t).Channel.Caller
		if arrived.Name != try.wantName || arrived.Number != try.wantNumber {
			t.Errorf("%q <%s> arrived as %q <%s>, want %q <%s>",
				try.name, try.user, arrived.Name, arrived.Number, try.wantName, try.wantNumber)
		}
		if err := call.Cancel(ctx); err != nil {
			t.Error(err)
		}
	}
}

// TestMonstrousInvites: each has one clear outcome — taken, refused, or dropped with a line in the log — and the call after
// it works.
func TestMonstrousInvites(t *testing.T) {
	ctx := whileWaiting(t)
	a := StartAsterisk(t, AsteriskOptions{})
	controller := connectController(t, a)
	caller := trunkCaller(t, a, "13800138000")
	const taken, dropped = 180, 0
	swap := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	for _, try := range []struct {
		what    string
		options DialOptions
		want    int
	}{
		{"no offer", DialOptions{NoOffer: true}, taken},
		{"10 kB of name", DialOptions{DisplayName: strings.Repeat("n", 10_000)}, taken},
		{"line break in the name", DialOptions{DisplayName: "Zhang\r\nX-Injected: 1"}, dropped},
		{"quote in the name", DialOptions{DisplayName: `Zhang" <sip:li@evil>;x="`}, dropped},
		{"no From", DialOptions{Rewrite: swap("From: ", "X-From: ")}, dropped},
		{"no Call-ID", DialOptions{Rewrite: swap("Call-ID: ", "X-Call: ")}, dropped},
		{"body that is no SDP", DialOptions{Rewrite: swap("v=0", "x=0")}, taken},
		{"cut short", DialOptions{Rewrite: func(s string) string { return s[:len(s)-100] }}, 400},
		{"unknown method", DialOptions{Rewrite: func(s string) string { return "X" + s }}, 501},
		{"no codec of ours", DialOptions{Rewrite: swap("RTP/AVP 8 101", "RTP/AVP 3")}, 488},
	} {
		bad := dial(ctx, t, caller, "4001", try.options)
		good := dial(ctx, t, caller, "4002", DialOptions{})
		for arrived := controller.next(ctx, t); arrived.Args[1] != "4002"; arrived = controller.next(ctx, t) {
			if name := arrived.Channel.Caller.Name; len(name) > 100 || strings.Contains(name, "Injected") {
				t.Errorf("%s: arrived as %q", try.what, name)
			}
		}
		switch try.want {
		case taken:
			if err := bad.WaitRinging(ctx); err != nil {
				t.Errorf("%s: %v", try.what, err)
			}
			if err := bad.Cancel(ctx); err != nil {
				t.Errorf("%s: %v", try.what, err)
			}
		case dropped:
			if bad.Passed(MarkTrying) {
				t.Errorf("%s: was answered, end %+v", try.what, bad.End())
			}
			bad.abandon()
		default:
			if end, err := bad.WaitEnded(ctx); err != nil || end.Code != try.want {
				t.Errorf("%s: %+v, %v, want %d", try.what, end, err, try.want)
			}
		}
		if err := good.Cancel(ctx); err != nil {
			t.Errorf("%s: the call after it: %v", try.what, err)
		}
	}
	if !strings.Contains(a.Log(), "syntax error") {
		t.Errorf("nothing in the log about what was dropped:\n%s", a.Log())
	}
}
