package main

import (
	"context"
	"crypto/md5" //nolint:gosec // SIP's digest (RFC 2617)
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"time"

	"hotline/pbx"
	"hotline/web/caller"
)

// Bounds on callers from a browser. They are generous for people and tight for programs.
const (
	visitTime      = 30 * time.Second // an account signs in one call; a call that is up goes on without it
	visitsPerPlace = 6                // accounts from one source within visitWindow
	visitsTogether = 60               // accounts that are good at the same time
	visitWindow    = time.Minute
)

// visitors gives each call from a browser an account of its own on a switch that takes nobody without. It is good for one websocket and
// for visitTime; its calls reach the hotlines' numbers and nothing else (context from-visitor).
type visitors struct {
	driver pbx.Visitors
	on     string // the switch
	prefix string // of all our accounts: those of other controllers are their own business
	now    func() time.Time
	log    *slog.Logger

	mu     sync.Mutex
	passes map[string]*pass // by ticket
	recent map[netip.Addr][]time.Time
}

// pass is one account and the ticket to its websocket.
type pass struct {
	name  string
	until time.Time
	used  bool
}

// newVisitors gives nil when browsers are not to call, or need no account.
func newVisitors(node string, allowed bool, phones telephone, log *slog.Logger) *visitors {
	first := phones.softphone.Lines[0].Switch
	driver, ok := phones.lines[first].(pbx.Visitors)
	if !ok || !allowed {
		return nil
	}
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(node))
	return &visitors{
		driver: driver, on: first, prefix: "visitor-" + plain[:min(len(plain), 12)], now: time.Now,
		log: log.With("component", "visitors"), passes: map[string]*pass{}, recent: map[netip.Addr][]time.Time{},
	}
}

// issue makes an account. The error is caller.Busy when there are too many, or the switch's.
func (v *visitors) issue(ctx context.Context, from netip.Addr) (caller.Account, error) {
	name := v.prefix + strings.ToLower(rand.Text()[:10])
	ticket := rand.Text()
	if err := v.reserve(place(from), name, ticket); err != nil {
		return caller.Account{}, err
	}
	sum := md5.Sum([]byte(name + ":" + pbx.Realm + ":" + rand.Text())) //nolint:gosec // see the import
	account := caller.Account{Login: name, Realm: pbx.Realm, HA1: hex.EncodeToString(sum[:]), Path: "/sip?ticket=" + ticket}
	if err := v.driver.PutVisitor(ctx, pbx.VisitorAccount{Name: name, HA1: account.HA1}); err != nil {
		v.expire(ticket)
		return caller.Account{}, err
	}
	return account, nil
}

func (v *visitors) reserve(from netip.Addr, name, ticket string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := v.now()
	times := v.recent[from]
	for len(times) > 0 && now.Sub(times[0]) >= visitWindow {
		times = times[1:]
	}
	if len(times) >= visitsPerPlace {
		return caller.Busy{Wait: visitWindow - now.Sub(times[0])}
	}
	if len(v.passes) >= visitsTogether {
		return caller.Busy{Wait: visitTime}
	}
	v.recent[from] = append(times, now)
	v.passes[ticket] = &pass{name: name, until: now.Add(visitTime)}
	return nil
}

// admit takes a ticket, once. done ends its account.
func (v *visitors) admit(ticket string) (done func(), ok bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	p := v.passes[ticket]
	if p == nil || p.used || !v.now().Before(p.until) {
		return nil, false
	}
	p.used = true
	return func() { v.expire(ticket) }, true
}

// expire makes an account due to be dropped.
func (v *visitors) expire(ticket string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if p := v.passes[ticket]; p != nil {
		p.used, p.until = true, v.now()
	}
}

// Run drops accounts that are due until ctx ends, and then all.
func (v *visitors) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
			defer cancel()
			v.drop(last, func(*pass) bool { return true })
			return nil
		case <-tick.C:
			now := v.now()
			v.drop(ctx, func(p *pass) bool { return !now.Before(p.until) })
			v.forget(now)
		}
	}
}

// drop removes accounts from the switch; what cannot be removed now is tried again.
func (v *visitors) drop(ctx context.Context, due func(*pass) bool) {
	v.mu.Lock()
	gone := map[string]string{}
	for ticket, p := range v.passes {
		if due(p) {
			gone[ticket] = p.name
		}
	}
	v.mu.Unlock()
	for ticket, name := range gone {
		if err := v.driver.DropVisitor(ctx, name); err != nil {
			v.log.Warn("the account of a browser caller cannot be dropped now", "switch", v.on, "account", name, "error", err)
			return
		}
		v.mu.Lock()
		delete(v.passes, ticket)
		v.mu.Unlock()
	}
}

// forget lets go of sources that were not heard of for a while.
func (v *visitors) forget(now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for from, times := range v.recent {
		if now.Sub(times[len(times)-1]) >= visitWindow {
			delete(v.recent, from)
		}
	}
}

// tidy drops what a process of this controller that died has left on a switch that has just connected. v may be nil.
func (v *visitors) tidy(ctx context.Context, on string) {
	if v == nil || on != v.on {
		return
	}
	names, err := v.driver.VisitorNames(ctx)
	if err != nil {
		v.log.Warn("accounts of browser callers cannot be listed now", "switch", on, "error", err)
		return
	}
	v.mu.Lock()
	live := map[string]bool{}
	for _, p := range v.passes {
		live[p.name] = true
	}
	v.mu.Unlock()
	for _, name := range names {
		if strings.HasPrefix(name, v.prefix) && !live[name] {
			if err := v.driver.DropVisitor(ctx, name); err != nil {
				v.log.Warn("an old account of a browser caller cannot be dropped", "switch", on, "account", name, "error", err)
			}
		}
	}
}

// place is what counts as one source: an IPv4 address, or the 64 bits of IPv6 that one customer gets.
func place(a netip.Addr) netip.Addr {
	if a = a.Unmap(); a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}
