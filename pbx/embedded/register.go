package embedded

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"hotline/pbx"
)

// register takes a REGISTER (RFC 3261 §10.3). Whoever fails learns the same whether the account exists or not.
func (s *Switch) register(f flow, r *sip.Request, now time.Time) {
	from := f.remote().Addr()
	phone := r.To().Address.User
	var header string
	if h := r.GetHeader("Authorization"); h != nil {
		header = h.Value()
	}
	ha1, known := s.phones.secret(phone)
	v := s.digests.check(header, string(r.Method), phone, ha1, now)
	switch {
	case v == credRight && known && pbx.ValidPhone(phone):
		s.bind(f, r, phone, now)
	case v == credWrong || v == credRight:
		s.m.register("refused")
		if !s.failures.take(from, now) {
			s.m.drop("register flood")
			return
		}
		s.log.Info("a phone was refused", "peer", f.remote(), "account", pbx.CleanName(phone))
		s.challenge(f, r, false, now)
	default:
		s.m.register("challenged")
		if s.failures.empty(from, now) || !s.challenges.take(from, now) {
			s.m.drop("register flood")
			return
		}
		s.challenge(f, r, v == credStale, now)
	}
}

func (s *Switch) challenge(f flow, r *sip.Request, stale bool, now time.Time) {
	s.reply(f, r, unauthorized, sip.NewHeader("WWW-Authenticate", s.digests.challenge(stale, now)))
}

// bind does what an authenticated REGISTER asks for. Its answer is kept for its retransmissions, whose counter was used.
func (s *Switch) bind(f flow, r *sip.Request, phone string, now time.Time) {
	tx := s.tx.server(backTo(f, r), r)
	if tx == nil {
		s.reply(f, r, overloaded, sip.NewHeader("Retry-After", retryAfter))
		return
	}
	respond := func(st status, extra ...sip.Header) {
		s.m.answered(sip.REGISTER, st.code)
		tx.respond(answer(tx.flow, r, st, s.statelessTag(r), extra...))
	}
	asked, st := readContacts(r)
	if st.code != 0 {
		var extra []sip.Header
		if st == tooBrief {
			extra = append(extra, sip.NewHeader("Min-Expires", seconds(minExpires)))
		}
		respond(st, extra...)
		return
	}
	contacts, st := s.phones.update(phone, f, r, asked, now)
	if st.code != 0 {
		respond(st)
		return
	}
	s.m.register("registered")
	extra := make([]sip.Header, 0, len(contacts)+1)
	for _, c := range contacts {
		extra = append(extra, sip.NewHeader("Contact",
			"<"+c.uri.String()+">;expires="+strconv.Itoa(int(c.until.Sub(now).Seconds()))))
	}
	extra = append(extra, sip.NewHeader("Date", now.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")))
	respond(ok, extra...)
}

// wish is one contact of a REGISTER; expires 0 takes it back, all means every one.
type wish struct {
	uri     sip.Uri
	expires time.Duration
	all     bool
}

// readContacts reads what a REGISTER asks for; no contact asks only for the list.
func readContacts(r *sip.Request) ([]wish, status) {
	general := usualExpires
	if h := r.GetHeader("Expires"); h != nil {
		general = readExpires(h.Value(), general)
	}
	var wishes []wish
	for _, h := range r.GetHeaders("Contact") {
		c, isContact := h.(*sip.ContactHeader)
		if !isContact {
			return nil, badRequest
		}
		w := wish{uri: c.Address, expires: general, all: c.Address.Wildcard}
		if value, given := c.Params.Get("expires"); given && !w.all {
			w.expires = readExpires(value, general)
		}
		scheme := strings.ToLower(w.uri.Scheme)
		switch {
		case !w.all && scheme != "sip" && scheme != "sips":
			return nil, badScheme
		case !w.all && (w.uri.Host == "" || strings.ContainsAny(w.uri.String(), "\r\n<> ")):
			return nil, badRequest
		case w.expires > 0 && w.expires < minExpires:
			return nil, tooBrief
		}
		w.expires = min(w.expires, maxExpires)
		wishes = append(wishes, w)
	}
	star := slices.ContainsFunc(wishes, func(w wish) bool { return w.all })
	if star && (len(wishes) != 1 || r.GetHeader("Expires") == nil || general != 0) || len(wishes) > mostContacts {
		return nil, badRequest
	}
	return wishes, status{}
}

// readExpires reads delta-seconds; a value out of range is taken as its bound, nonsense as nothing (RFC 3261 §20.19).
func readExpires(value string, otherwise time.Duration) time.Duration {
	n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 64)
	switch {
	case err != nil && strings.Trim(strings.TrimSpace(value), "0123456789") == "" && strings.TrimSpace(value) != "":
		return maxExpires
	case err != nil:
		return otherwise
	}
	return time.Duration(min(n, uint64(maxExpires/time.Second))) * time.Second
}

// update changes an account's contacts, all or nothing, and gives those that are there afterwards.
func (p *phones) update(phone string, f flow, r *sip.Request, wishes []wish, now time.Time) ([]contact, status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.accounts[phone]
	if a == nil {
		return nil, notFound // dropped in this very moment
	}
	callID, seq := r.CallID().Value(), r.CSeq().SeqNo
	for _, c := range a.contacts {
		if c.callID == callID && seq <= c.seq && asksFor(wishes, c.uri) {
			return nil, serverError // RFC 3261 §10.3: an older one overtook
		}
	}
	for _, w := range wishes {
		a.contacts = slices.DeleteFunc(a.contacts, func(c *contact) bool { return w.all || sameContact(c.uri, w.uri) })
		if w.expires > 0 && !w.all {
			a.contacts = append(a.contacts, &contact{
				uri: w.uri, flow: f, callID: callID, seq: seq, until: now.Add(w.expires), next: now.Add(probeEvery),
			})
		}
	}
	if over := len(a.contacts) - mostContacts; over > 0 {
		a.contacts = slices.Delete(a.contacts, 0, over) // the oldest: a page that was reloaded again and again
	}
	p.settle(a)
	contacts := make([]contact, len(a.contacts))
	for i, c := range a.contacts {
		contacts[i] = *c
	}
	return contacts, status{}
}

func asksFor(wishes []wish, uri sip.Uri) bool {
	return slices.ContainsFunc(wishes, func(w wish) bool { return w.all || sameContact(w.uri, uri) })
}
