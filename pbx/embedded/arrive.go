package embedded

import (
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"hotline/pbx"
)

// arrive takes an INVITE from outside: somebody calls. Only the hotline's own numbers can be called; everything else ends
// here, whoever asks, so there is no way out into the world.
func (s *Switch) arrive(f flow, r *sip.Request, now time.Time) {
	from := f.remote().Addr()
	did := dialled(r)
	st, extra := s.welcome(f, r, did, now)
	if st.code != 0 {
		s.reply(f, r, st, extra...)
		return
	}
	if !s.busyCalls.add(from) {
		s.m.drop("calls")
		s.reply(f, r, overloaded, sip.NewHeader("Retry-After", retryAfter))
		return
	}
	c := s.newCall(f, r, did, now)
	tx := s.tx.server(backTo(f, r), r, c.hold180)
	if tx == nil {
		s.busyCalls.drop(from)
		s.reply(f, r, overloaded, sip.NewHeader("Retry-After", retryAfter))
		return
	}
	if !s.admitCall(c) {
		s.busyCalls.drop(from)
		tx.respond(answer(tx.flow, r, overloaded, c.caller.localTag, sip.NewHeader("Retry-After", retryAfter)))
		return
	}
	tx.respond(answer(tx.flow, r, trying, ""))
	tx.respond(c.caller.answerTo(tx, ringing))
	c.Ring1 = time.Now().UTC()
	c.log.Info("call arrived", "did", c.DID, "peer", f.remote(), "transport", f.transport())
	c.watch(f)
	c.inbox.begin(c.arrive)
	s.spawn(c.inbox.serve)
}

// hold180 makes an INVITE the call's own: what comes of it is for the call's owner.
func (c *call) hold180(tx *serverTx) {
	c.invite = tx
	tx.cancelled = func(*sip.Request) { c.post(c.abandoned) }
	tx.unheard = func() { c.post(func() { c.lost(c.caller, errNoAnswer) }) }
}

// welcome says why an INVITE cannot become a call; a status without code says that it can.
func (s *Switch) welcome(f flow, r *sip.Request, did string, now time.Time) (status, []sip.Header) {
	switch {
	case !s.invites.take(f.remote().Addr(), now):
		s.m.drop("invite flood")
		return overloaded, []sip.Header{sip.NewHeader("Retry-After", retryAfter)}
	case did == "" && s.phones.has(f):
		return forbidden, nil // an agent's phone may call the hotline, and nobody else
	case did == "" || !s.opt.DIDs(did):
		if s.phones.has(f) {
			return forbidden, nil
		}
		return notFound, nil
	case len(r.Body()) > 0 && !isSDP(r):
		return badMedia, []sip.Header{sip.NewHeader("Accept", "application/sdp")}
	case (&sessionTimer{}).tooShort(r):
		return tooShort, []sip.Header{minSE()}
	case s.merged(r):
		return loopDetected, nil
	}
	return status{}, nil
}

// dialled is the number of a request, "" for what is no number.
func dialled(r *sip.Request) string {
	return strings.TrimPrefix(pbx.CleanNumber(r.Recipient.User), "+")
}

// merged says that the same request has come before by another way (RFC 3261 §8.2.2.2).
func (s *Switch) merged(r *sip.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.arrivals[arrivalOf(r)]
	return known
}

// arrivalOf identifies a request whichever way it took.
func arrivalOf(r *sip.Request) arrivalID {
	return arrivalID{r.CallID().Value(), fromTag(r), r.CSeq().SeqNo}
}

type arrivalID struct {
	callID, fromTag string
	seq             uint32
}

// newCall makes the call of an INVITE. It is owned until its inbox begins, with arrive.
func (s *Switch) newCall(f flow, r *sip.Request, did string, now time.Time) *call {
	id := pbx.NewCallID(s.opt.Name, channelID(now))
	from := r.From()
	c := &call{
		Call: pbx.Call{
			ID: id, Switch: s.opt.Name, DID: did, Caller: pbx.CleanNumber(from.Address.User),
			CallerName: pbx.CleanName(from.DisplayName), Arrived: now.UTC(),
		},
		s: s, log: s.log.With("call", id), source: f.remote().Addr(), state: callWaiting, inbox: inbox{owned: true},
		legs: map[pbx.LegID]*leg{}, rung: map[pbx.LegID]struct{}{}, over: make(chan struct{}), alarms: map[*alarm]struct{}{},
		watched: map[*link]bool{},
		arrival: arrivalOf(r),
	}
	p := &party{
		call: c, flow: f, callID: r.CallID().Value(), localTag: token(), remoteTag: fromTag(r), remoteSeq: r.CSeq().SeqNo,
		heard: sdpOf(r), updates: understands(r, sip.UPDATE),
	}
	local := r.To().AsFrom()
	local.Params = local.Params.Clone()
	local.Params.Add("tag", p.localTag)
	remote := from.AsTo()
	p.local, p.remote = &local, &remote
	p.target = from.Address
	p.refresh(r)
	for _, h := range r.GetHeaders("Record-Route") {
		p.routes = append(p.routes, h.Value())
	}
	c.caller = p
	return c
}

// admitCall makes a call known; false when no calls are taken any more.
func (s *Switch) admitCall(c *call) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase != phaseRunning {
		return false
	}
	s.calls[c.ID], s.parties[c.caller.id()], s.arrivals[c.arrival] = c, c.caller, struct{}{}
	return true
}
