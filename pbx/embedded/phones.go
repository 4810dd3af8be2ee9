package embedded

import (
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"hotline/pbx"
)

// phones are the accounts, and where their phones are now. It tells PhoneUp and PhoneDown, under its lock, so that the two
// of one phone keep their order.
type phones struct {
	s *Switch

	mu       sync.Mutex
	accounts map[string]*account
}

type account struct {
	pbx.PhoneAccount
	contacts []*contact // oldest first
	up       bool       // told
}

// contact is one place where a phone is (RFC 3261 §10.3).
type contact struct {
	uri     sip.Uri
	flow    flow
	callID  string
	seq     uint32
	until   time.Time
	silent  bool      // it did not answer a probe, or died in a call: not rung until it does
	missed  int       // probes in a row without an answer
	probing bool      // a probe is under way
	next    time.Time // probe
}

const (
	mostContacts   = 5
	minExpires     = 30 * time.Second
	usualExpires   = 2 * time.Minute
	maxExpires     = 5 * time.Minute
	expiryGrace    = 3 * time.Second // a registration that is renewed in the last moment is not lost
	probeEvery     = 15 * time.Second
	probePatience  = 3 * time.Second
	probeSuspected = 2 * time.Second // how often a silent phone is asked whether it is back
	mostMissed     = 3               // probes in a row: then its talk is over, too
)

func newPhones(s *Switch) *phones { return &phones{s: s, accounts: map[string]*account{}} }

// put creates or replaces an account. What is registered stays; the next REGISTER needs the new secret.
func (p *phones) put(a pbx.PhoneAccount) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old := p.accounts[a.Phone]; old != nil {
		old.PhoneAccount = a
		return
	}
	p.accounts[a.Phone] = &account{PhoneAccount: a}
}

func (p *phones) drop(phone string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a := p.accounts[phone]; a != nil {
		a.contacts = nil
		p.settle(a)
		delete(p.accounts, phone)
	}
}

// secret gives an account's HA1, and for one that does not exist another that nobody knows.
func (p *phones) secret(phone string) (ha1 string, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a := p.accounts[phone]; a != nil {
		return a.HA1, true
	}
	return p.s.nobody, false
}

// reach gives the contacts of a phone that can be rung now, and whether there is one of another kind of voice.
func (p *phones) reach(phone string, kind media) (fit []*contact, unfit bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.accounts[phone]
	if a == nil {
		return nil, false
	}
	for _, c := range a.contacts {
		switch {
		case c.silent || !open(c.flow):
		case kind != unknownMedia && mediaVia(c.flow) != kind:
			unfit = true
		default:
			rung := *c
			fit = append(fit, &rung)
		}
	}
	return fit, unfit && len(fit) == 0
}

// has reports whether messages of a flow come from a phone that is registered over it.
func (p *phones) has(f flow) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.accounts {
		for _, c := range a.contacts {
			if c.flow == f {
				return true
			}
		}
	}
	return false
}

// settle tells whether a phone can be reached, if that has changed. mu is held.
func (p *phones) settle(a *account) {
	up := false
	for _, c := range a.contacts {
		up = up || !c.silent
	}
	if up == a.up {
		return
	}
	a.up = up
	kind := pbx.PhoneDown
	if up {
		kind = pbx.PhoneUp
	}
	p.s.tell(pbx.Event{Kind: kind, Phone: a.Phone, At: time.Now().UTC()})
}

// filter keeps the contacts that fit, of all accounts.
func (p *phones) filter(keep func(*contact) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.accounts {
		kept := a.contacts[:0:0]
		for _, c := range a.contacts {
			if keep(c) {
				kept = append(kept, c)
			}
		}
		if len(kept) != len(a.contacts) {
			a.contacts = kept
			p.settle(a)
		}
	}
}

// flowGone forgets what was registered over a closed connection.
func (p *phones) flowGone(f flow) { p.filter(func(c *contact) bool { return c.flow != f }) }

// tick ends what has expired and probes what is due.
func (p *phones) tick(now time.Time) {
	p.filter(func(c *contact) bool { return now.Before(c.until.Add(expiryGrace)) })
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.accounts {
		for _, c := range a.contacts {
			if !reliable(c.flow) && !c.probing && !now.Before(c.next) {
				p.probe(a, c)
			}
		}
	}
}

// suspect: a phone did not answer in a call. It counts as gone until it answers a probe, which goes out now.
func (p *phones) suspect(phone string, f flow) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.accounts[phone]
	if a == nil {
		return
	}
	for _, c := range a.contacts {
		if c.flow == f && !reliable(f) && !c.silent {
			c.silent = true
			if !c.probing {
				p.probe(a, c)
			}
		}
	}
	p.settle(a)
}

// probe asks a phone by OPTIONS whether it is there (RFC 3261 §11); any answer will do. mu is held.
func (p *phones) probe(a *account, c *contact) {
	c.probing = true
	r := sip.NewRequest(sip.OPTIONS, *c.uri.Clone())
	r.AppendHeader(viaFor(c.flow))
	maxForwards := sip.MaxForwardsHeader(70)
	r.AppendHeader(&maxForwards)
	host := c.flow.local()
	if h, _, err := sip.ParseAddr(host); err == nil {
		host = h
	}
	from := &sip.FromHeader{Address: sip.Uri{Scheme: "sip", User: "hotline", Host: host}, Params: sip.NewParams()}
	from.Params.Add("tag", token())
	r.AppendHeader(from)
	r.AppendHeader(&sip.ToHeader{Address: *c.uri.Clone(), Params: sip.NewParams()})
	callID := sip.CallIDHeader(token())
	r.AppendHeader(&callID)
	r.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: sip.OPTIONS})
	r.AppendHeader(sip.NewHeader("Contact", contactFor(c.flow)))
	r.AppendHeader(sip.NewHeader("Accept", "application/sdp"))
	r.AppendHeader(sip.NewHeader("User-Agent", agentName))
	r.SetBody(nil)
	asked := time.Now()
	p.s.spawn(func() {
		done := make(chan bool, 2)
		tx := p.s.tx.send(c.flow, r, func(res *sip.Response, err error) {
			if err != nil || res.StatusCode >= 200 {
				select {
				case done <- err == nil:
				default:
				}
			}
		})
		patience := time.NewTimer(probePatience)
		defer patience.Stop()
		there := false
		select {
		case there = <-done:
		case <-patience.C:
			tx.fail(errNoAnswer)
		case <-p.s.stopping:
			return
		}
		p.probed(a, c, there, asked)
	})
}

func (p *phones) probed(a *account, c *contact, there bool, asked time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.probing = false
	c.silent = !there
	c.next = asked.Add(probeEvery)
	if there {
		c.missed = 0
	} else {
		c.missed++
		c.next = time.Now().Add(probeSuspected)
		p.s.m.probesLost.Inc()
		if c.missed == mostMissed {
			p.s.lostPhone(c.flow)
		}
	}
	p.settle(a)
}

// sameContact compares two URIs as far as a registration needs (RFC 3261 §19.1.4).
func sameContact(a, b sip.Uri) bool {
	port := func(u sip.Uri) int {
		if u.Port == 0 {
			return 5060
		}
		return u.Port
	}
	transport := func(u sip.Uri) string {
		t, _ := u.UriParams.Get("transport")
		return strings.ToLower(t)
	}
	return a.User == b.User && strings.EqualFold(a.Host, b.Host) && port(a) == port(b) && transport(a) == transport(b)
}

// registered counts the phones that can be reached.
func (p *phones) registered() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, a := range p.accounts {
		if a.up {
			n++
		}
	}
	return n
}
