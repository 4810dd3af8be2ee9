package asterisk_test

import (
	"fmt"
	"testing"
	"time"

	"hotline/pbx"
)

// frameOf is an event of a channel, now.
func frameOf(kind, channel, more string) string {
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000-0700")
	return fmt.Sprintf(`{"type":%q,"application":"hotline","timestamp":%q,%s"channel":{"id":%q,"name":"PJSIP/x","state":"Up",`+
		`"caller":{"name":"","number":"13800138000"},"creationtime":%q}}`, kind, now, more, channel, now)
}

// TestNothingIsAskedTwice: an agent who hangs up ends the call at the switch once, though the queue asks for it as well; and
// a caller whose end was told is not looked for.
func TestNothingIsAskedTwice(t *testing.T) {
	f := newFake(t)
	p := f.run(nil, nil)
	conn := <-f.conns
	p.wait(t, pbx.SwitchSynced, 0)
	f.send(conn, arrives(1))
	f.send(conn, arrives(2))
	call := p.wait(t, pbx.CallArrived, 0).Call
	leg := pbx.NewLegID(call, "ann", 1)
	if err := p.driver.Ring(p.ctx, call, pbx.Ring{Leg: leg, Phone: "ann", Timeout: time.Minute}); err != nil {
		t.Fatal(err)
	}
	f.send(conn, frameOf("StasisStart", string(leg), `"args":["leg"],`))
	p.wait(t, pbx.LegAnswered, 0)
	if err := p.driver.Connect(p.ctx, call, leg); err != nil {
		t.Fatal(err)
	}
	f.send(conn, frameOf("ChannelDestroyed", string(leg), `"cause":16,`))
	p.wait(t, pbx.LegEnded, 0)
	if err := p.driver.HangUp(p.ctx, call, pbx.EndByAgent); err != nil {
		t.Fatal(err)
	}
	until(t, "the caller to be hung up", func() bool { return f.requests("DELETE /channels/x-1.1") > 0 })
	f.send(conn, frameOf("StasisEnd", "x-1.1", ""))
	f.send(conn, frameOf("ChannelDestroyed", "x-1.1", `"cause":16,`))
	if e := p.wait(t, pbx.CallEnded, 0); e.Call != call || e.End.Code != pbx.EndByAgent {
		t.Errorf("%+v", e)
	}
	f.send(conn, frameOf("StasisEnd", "x-1.2", "")) // its end is not told: it is looked for, after the other would have been
	until(t, "a look", func() bool { return f.requests("GET /channels/x-1.2") > 0 })
	if n := f.requests("DELETE /channels/x-1.1"); n != 1 {
		t.Errorf("%d hang-ups", n)
	}
	if n := f.requests("GET /channels/x-1.1"); n != 0 {
		t.Errorf("%d looks for a call that has ended", n)
	}
}

// TestStoppedWhileItWaits: an agent has hung up, and the driver stops before it has asked for the caller's end. It asks on
// its way out: the caller is not left alone in the call.
func TestStoppedWhileItWaits(t *testing.T) {
	f := newFake(t)
	p := f.run(nil, nil)
	conn := <-f.conns
	p.wait(t, pbx.SwitchSynced, 0)
	f.send(conn, arrives(1))
	call := p.wait(t, pbx.CallArrived, 0).Call
	leg := pbx.NewLegID(call, "ann", 1)
	if err := p.driver.Ring(p.ctx, call, pbx.Ring{Leg: leg, Phone: "ann", Timeout: time.Minute}); err != nil {
		t.Fatal(err)
	}
	f.send(conn, frameOf("StasisStart", string(leg), `"args":["leg"],`))
	p.wait(t, pbx.LegAnswered, 0)
	if err := p.driver.Connect(p.ctx, call, leg); err != nil {
		t.Fatal(err)
	}
	f.send(conn, frameOf("ChannelDestroyed", string(leg), `"cause":16,`))
	p.wait(t, pbx.LegEnded, 0)
	p.stop()
	if n := f.requests("DELETE /channels/x-1.1"); n != 1 {
		t.Errorf("%d hang-ups", n)
	}
}
