package asterisk_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	conf "hotline/configs/asterisk"
	"hotline/pbx"
	"hotline/pbx/pbxtest"
)

// browserTime bounds what a browser waits for in these tests.
const browserTime = 20 * time.Second

// wantBrowserVoice checks that an answer is what a browser can speak to: DTLS-SRTP, ICE, one port, and a codec that it has.
func wantBrowserVoice(t *testing.T, sdp string) {
	t.Helper()
	for _, want := range []string{
		"UDP/TLS/RTP/SAVPF", "a=fingerprint:", "a=ice-ufrag:", "a=candidate:", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", "PCMA/8000", "PCMU/8000",
	} {
		if !strings.Contains(sdp, want) {
			t.Errorf("the answer has no %s:\n%s", want, sdp)
		}
	}
}

// TestBrowserAsPhone: an account for a browser has everything that one needs, and registers over the websocket.
func TestBrowserAsPhone(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	ctx, cancel := context.WithTimeout(t.Context(), browserTime)
	defer cancel()
	s.Must(s.Accounts.PutPhone(ctx, pbx.PhoneAccount{Phone: "web", HA1: pbxtest.HA1("web", "secret"), Name: "Wang", WebRTC: true}), "put")
	shown := real.CLI("pjsip show endpoint web")
	for option, want := range map[string]string{
		"webrtc": "yes", "media_encryption": "dtls", "ice_support": "true", "rtcp_mux": "true", "use_avpf": "true", "dtls_auto_generate_cert": "Yes",
		"dtls_verify": "Fingerprint", "dtls_setup": "actpass", "allow": "(opus|alaw|ulaw)", "direct_media": "false", "rtp_timeout": "8",
	} {
		if got := setting(shown, option); !strings.EqualFold(got, want) {
			t.Errorf("%s is %q, want %s", option, got, want)
		}
	}
	browser := pbxtest.NewBrowser(t, real.HTTPAddr, "web", "secret")
	if r := browser.Register(ctx); r.StatusCode != http.StatusOK {
		t.Fatalf("register: %d %s", r.StatusCode, r.Reason)
	}
	s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.PhoneUp && e.Phone == "web" }, "the browser to be reachable")
	// It can speak: the echo test is what an agent's phone may dial.
	answer := browser.Invite(ctx, "*43", 0)
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("echo test: %d %s", answer.StatusCode, answer.Reason)
	}
	wantBrowserVoice(t, string(answer.Body()))
	s.Must(s.Accounts.DropPhone(ctx, "web"), "drop")
}

// TestBrowserAsCaller: a customer's browser reaches the hotline's numbers and nothing else, under no name but "Web".
func TestBrowserAsCaller(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{Adjust: func(p *conf.Plan) { p.WebCallers = true }})
	driver := newDriver(t, real, nil)
	s := pbxtest.NewStage(t, harness(real, driver))
	ctx, cancel := context.WithTimeout(t.Context(), browserTime)
	defer cancel()
	account := pbx.VisitorAccount{Name: "visitor-n1", HA1: pbxtest.HA1("visitor-n1", "secret")}
	s.Must(driver.PutVisitor(ctx, account), "put")
	s.Must(driver.PutVisitor(ctx, account), "put again")
	for _, bad := range []string{"agent", "visitor-", "visitor-../x", "trunk-a"} {
		if driver.PutVisitor(ctx, pbx.VisitorAccount{Name: bad, HA1: account.HA1}) == nil {
			t.Errorf("an account %q was made", bad)
		}
	}
	if names, err := driver.VisitorNames(ctx); err != nil || !slices.Equal(names, []string{account.Name}) {
		t.Errorf("there are the visitors %v, %v", names, err)
	}
	agent := s.Phone("agent", pbxtest.Behaviour{})

	if r := pbxtest.NewBrowser(t, real.HTTPAddr, account.Name, "wrong").Invite(ctx, s.DID, 0); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("with a wrong secret: %d %s", r.StatusCode, r.Reason)
	}
	if r := pbxtest.NewBrowser(t, real.HTTPAddr, account.Name, "secret").Register(ctx); r.StatusCode == http.StatusOK {
		t.Error("a visitor registers, and can be called")
	}
	for _, number := range []string{"agent", "*43", "0", "4999", "+861234567", "s"} {
		if r := pbxtest.NewBrowser(t, real.HTTPAddr, account.Name, "secret").Invite(ctx, number, 180); r.StatusCode != http.StatusNotFound {
			t.Errorf("a visitor dials %s: %d %s", number, r.StatusCode, r.Reason)
		}
	}

	browser := pbxtest.NewBrowser(t, real.HTTPAddr, account.Name, "secret")
	if r := browser.Invite(ctx, s.DID, 180); r.StatusCode != 180 {
		t.Fatalf("call: %d %s", r.StatusCode, r.Reason)
	}
	arrived := s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.CallArrived }, "the call")
	if a := arrived.Arrival; a.DID != s.DID || a.Caller != "" || a.CallerName != "Web" {
		t.Errorf("arrived as %+v", a)
	}
	leg, in := s.Ring(arrived.Call, agent)
	in.Answer()
	s.Told(pbx.LegAnswered, arrived.Call, leg)
	s.Must(s.Switch.Connect(s.Ctx, arrived.Call, leg), "connect")
	wantBrowserVoice(t, string(browser.Wait(ctx, 200).Body()))
	s.Must(s.Switch.HangUp(s.Ctx, arrived.Call, pbx.EndBySystem), "hang up")
	s.Gone(in)

	s.Must(driver.DropVisitor(ctx, account.Name), "drop")
	s.Must(driver.DropVisitor(ctx, account.Name), "drop again")
	if r := pbxtest.NewBrowser(t, real.HTTPAddr, account.Name, "secret").Invite(ctx, s.DID, 180); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("a dropped account calls: %d %s", r.StatusCode, r.Reason)
	}
}

// setting reads one line of `pjsip show endpoint`.
func setting(shown, option string) string {
	for line := range strings.Lines(shown) {
		name, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(name) == option {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
