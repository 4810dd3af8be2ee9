package house

import (
	"context"
	"time"

	"hotline/pbx/pbxtest"
)

// CallView is what GET /api/v1/calls tells of a call.
type CallView struct {
	Call     string    `json:"call"`
	Number   string    `json:"number"`
	Queue    string    `json:"queue"`
	Agent    string    `json:"agent"` // who answered
	Rule     string    `json:"rule"`  // "" while there is no verdict
	Answered bool      `json:"answered"`
	Rings    int       `json:"rings"`
	WaitedMS int64     `json:"waited_ms"`
	Met      bool      `json:"met"`
	Short    bool      `json:"short"`
	Ended    time.Time `json:"ended"`
	End      string    `json:"end"`
	EndRing  int       `json:"end_ring"`
	Case     string    `json:"case"`
	Live     *struct {
		State   string   `json:"state"`
		Agent   string   `json:"agent"`
		Case    string   `json:"case"`
		Owner   string   `json:"owner"`
		Ringing []string `json:"ringing"`
	} `json:"live"` // while the call is up
}

// Dial places a call from the trunk and waits until the caller hears ringing.
func (h *House) Dial(from, did string) *pbxtest.PhoneCall {
	h.tb.Helper()
	var call *pbxtest.PhoneCall
	h.Wait("the call goes out", func(ctx context.Context) (err error) {
		call, err = h.Trunk.Dial(ctx, did, pbxtest.DialOptions{FromUser: from})
		return err
	})
	h.Wait("the caller hears ringing", call.WaitRinging)
	return call
}

// Invite waits until a phone is rung.
func (h *House) Invite(phone *pbxtest.Phone) *pbxtest.PhoneCall {
	h.tb.Helper()
	var call *pbxtest.PhoneCall
	h.Wait(phone.User()+"'s phone is rung", func(ctx context.Context) (err error) {
		call, err = phone.WaitInvite(ctx)
		return err
	})
	return call
}

// Talk waits until both hear each other.
func (h *House) Talk(a, b *pbxtest.PhoneCall) {
	h.tb.Helper()
	h.Wait("one hears the other", func(ctx context.Context) error { return a.WaitHears(ctx, b) })
	h.Wait("the other hears the one", func(ctx context.Context) error { return b.WaitHears(ctx, a) })
}

// Ended waits until a phone's call is over.
func (h *House) Ended(what string, call *pbxtest.PhoneCall) pbxtest.PhoneEnd {
	h.tb.Helper()
	var end pbxtest.PhoneEnd
	h.Wait(what, func(ctx context.Context) (err error) {
		end, err = call.WaitEnded(ctx)
		return err
	})
	return end
}

// Wait waits for f no longer than Patience.
func (h *House) Wait(what string, f func(context.Context) error) {
	h.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	if err := f(ctx); err != nil {
		h.tb.Fatalf("%s: %v; the hotline's log:\n%s", what, err, h.Log())
	}
}

// Calls lists the calls that the API knows, newest first.
func (h *House) Calls() []CallView {
	h.tb.Helper()
	var reply struct {
		Items []CallView `json:"items"`
	}
	h.Get("/api/v1/calls?limit=200", &reply)
	return reply.Items
}

// Call is one call as the API tells it.
func (h *House) Call(id string) CallView {
	h.tb.Helper()
	var v CallView
	h.Get("/api/v1/calls/"+id, &v)
	return v
}
