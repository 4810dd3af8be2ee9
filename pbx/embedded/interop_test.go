package embedded_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"hotline/pbx"
	"hotline/pbx/embedded"
	"hotline/pbx/pbxtest"
)

// webSDP is what a browser would offer, as far as the switch looks.
const webSDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" +
	"a=fingerprint:sha-256 AA\r\na=setup:actpass\r\na=ice-ufrag:x\r\na=ice-pwd:y\r\na=sendrecv\r\n"

// TestSipgoWebsocket: a SIP stack whose transport and transactions are not ours registers an agent over websocket, answers a
// call that another one makes, and hangs up.
func TestSipgoWebsocket(t *testing.T) {
	sw := newSwitch(t, embedded.Options{})
	h := harness(sw)
	h.Websocket = serveWebsocket(t, sw)
	s := pbxtest.NewStage(t, h)
	s.Provision("li")
	address := strings.TrimSuffix(strings.TrimPrefix(h.Websocket, "ws://"), "/sip")
	ua := func(user string) (*sipgo.Server, *sipgo.Client) {
		quiet := slog.New(slog.DiscardHandler)
		agent, err := sipgo.NewUA(sipgo.WithUserAgent(user), sipgo.WithUserAgentTransportLayerOptions(
			sip.WithTransportLayerLogger(quiet), sip.WithTransportLayerTransports(sip.TransportsConfig{
				WS: &sip.TransportWS{DialURI: func(host string) string { return "ws://" + host + "/sip" }},
			})))
		s.Must(err, "user agent")
		t.Cleanup(func() { agent.Close() })
		server, err := sipgo.NewServer(agent)
		s.Must(err, "server")
		client, err := sipgo.NewClient(agent, sipgo.WithClientHostname(user+".invalid"))
		s.Must(err, "client")
		return server, client
	}
	request := func(method sip.RequestMethod, uri string, lines ...string) *sip.Request {
		var to sip.Uri
		s.Must(sip.ParseUri(uri, &to), "uri")
		r := sip.NewRequest(method, to)
		r.SetTransport("WS")
		r.SetDestination(address)
		for _, line := range lines {
			name, value, _ := strings.Cut(line, ": ")
			r.AppendHeader(sip.NewHeader(name, value))
		}
		return r
	}
	server, agent := ua("li")
	answered, hungUp := make(chan struct{}), make(chan struct{})
	server.OnInvite(func(r *sip.Request, tx sip.ServerTransaction) {
		for _, code := range []int{180, 200} {
			res := sip.NewResponseFromRequest(r, code, "X", nil)
			if code == 200 {
				res = sip.NewSDPResponseFromRequest(r, []byte(webSDP))
			}
			res.To().Params.Add("tag", "agent")
			res.AppendHeader(sip.NewHeader("Contact", "<sip:li@li.invalid;transport=ws>"))
			if err := tx.Respond(res); err != nil {
				t.Error(err)
			}
		}
		select {
		case <-answered:
		case <-s.Ctx.Done():
		}
	})
	server.OnAck(func(*sip.Request, sip.ServerTransaction) { close(answered) })
	server.OnBye(func(r *sip.Request, tx sip.ServerTransaction) {
		if err := tx.Respond(sip.NewResponseFromRequest(r, 200, "OK", nil)); err != nil {
			t.Error(err)
		}
		close(hungUp)
	})
	r := request(sip.REGISTER, "sip:hotline", "From: <sip:li@hotline>;tag=r", "To: <sip:li@hotline>",
		"Contact: <sip:li@li.invalid;transport=ws>", "Expires: 60")
	res, err := agent.Do(s.Ctx, r)
	s.Must(err, "register")
	res, err = agent.DoDigestAuth(s.Ctx, r, res, sipgo.DigestAuth{Username: "li", Password: "secret-li"})
	s.Must(err, "register")
	if res.StatusCode != sip.StatusOK {
		t.Fatalf("register: %d", res.StatusCode)
	}
	s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.PhoneUp && e.Phone == "li" }, "the phone to be up")

	_, caller := ua("caller")
	invite := request(sip.INVITE, "sip:"+did+"@hotline", "From: <sip:13800138000@x>;tag=c", "To: <sip:4001@hotline>",
		"Contact: <sip:c@caller.invalid;transport=ws>", "Content-Type: application/sdp")
	invite.SetBody([]byte(webSDP))
	tx, err := caller.TransactionRequest(s.Ctx, invite)
	s.Must(err, "invite")
	defer tx.Terminate()
	e := s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.CallArrived }, "the call to arrive")
	leg := pbx.NewLegID(e.Call, "li", 1)
	s.Must(s.Switch.Ring(s.Ctx, e.Call, pbx.Ring{Leg: leg, Phone: "li", CallerID: "13800138000", Timeout: 20 * time.Second}), "ring")
	s.Accept(leg)
	s.Told(pbx.LegAnswered, e.Call, leg)
	s.Must(s.Switch.Connect(s.Ctx, e.Call, leg), "connect")
	final := awaitFinal(s.Ctx, t, tx)
	if final.StatusCode != sip.StatusOK || !strings.Contains(string(final.Body()), "a=fingerprint:sha-256 AA") {
		t.Fatalf("the caller got %d %s", final.StatusCode, final.Body())
	}
	dialog := func(method sip.RequestMethod, seq int) *sip.Request {
		return request(method, "sip:hotline@hotline.invalid;transport=ws", "From: "+final.From().Value(), "To: "+final.To().Value(),
			"Call-ID: "+final.CallID().Value(), fmt.Sprintf("CSeq: %d %s", seq, method))
	}
	s.Must(caller.WriteRequest(dialog(sip.ACK, int(final.CSeq().SeqNo))), "ack")
	bye, err := caller.Do(s.Ctx, dialog(sip.BYE, int(final.CSeq().SeqNo)+1))
	s.Must(err, "hang up")
	if bye.StatusCode != sip.StatusOK {
		t.Errorf("hang up: %d", bye.StatusCode)
	}
	s.Ended(e.Call, pbx.EndByCaller)
	s.LegEnded(e.Call, leg, pbx.LegCallerGone)
	select {
	case <-hungUp:
	case <-s.Ctx.Done():
		t.Error("the agent was not hung up")
	}
}

func awaitFinal(ctx context.Context, t *testing.T, tx sip.ClientTransaction) *sip.Response {
	t.Helper()
	for {
		select {
		case res := <-tx.Responses():
			if res.StatusCode >= 200 {
				return res
			}
		case <-tx.Done():
			t.Fatalf("the INVITE ended: %v", tx.Err())
		case <-ctx.Done():
			t.Fatal("the INVITE is not answered")
		}
	}
}
