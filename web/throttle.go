package web

import (
	"cmp"
	"net/netip"
	"sync"
	"time"
)

// LoginLimit bounds password guessing, by login and by source: so many failures within Window refuse further tries for
// Lockout. The zero value is 5 in 5 minutes, then 15 minutes.
type LoginLimit struct {
	Attempts int
	Window   time.Duration
	Lockout  time.Duration
}

// throttle keeps the failures. A try that is under way counts as one that may fail, so parallel tries gain nothing.
type throttle struct {
	limit LoginLimit
	now   func() time.Time

	mu    sync.Mutex
	tries map[string]*tries
}

type tries struct {
	failed   int
	underway int
	first    time.Time // of the failures counted
	until    time.Time // refused until then
}

// maxTries bounds the memory (about 150 bytes each). Past it the settled ones go, then any that nobody waits for: to forget a few
// counters is better than to refuse everybody.
const maxTries = 20_000

func newThrottle(limit LoginLimit, now func() time.Time) *throttle {
	limit.Attempts = cmp.Or(limit.Attempts, 5)
	limit.Window = cmp.Or(limit.Window, 5*time.Minute)
	limit.Lockout = cmp.Or(limit.Lockout, 15*time.Minute)
	return &throttle{limit: limit, now: now, tries: make(map[string]*tries)}
}

// take begins a try. wait > 0: refused, come back after that. 0: the caller must call done.
func (t *throttle) take(source netip.Addr, login string) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	bySource, byLogin := t.of(sourceKey(source)), t.of(loginKey(login))
	if wait = max(t.wait(bySource, now), t.wait(byLogin, now)); wait > 0 {
		return wait
	}
	bySource.underway++
	byLogin.underway++
	return 0
}

// verdict is how a try ended.
type verdict int

const (
	undecided verdict = iota // nobody learned whether the password is right: counts for nothing
	wrong
	right
)

// done ends a try. A right password forgets the failures of its login, but not those of the source: otherwise a guesser
// with one account of their own could go on for ever.
func (t *throttle) done(source netip.Addr, login string, v verdict) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	bySource, byLogin := t.of(sourceKey(source)), t.of(loginKey(login))
	for _, k := range []*tries{bySource, byLogin} {
		k.underway--
		if v == wrong {
			t.fail(k, now)
		}
	}
	if v == right {
		byLogin.failed = 0
	}
}

func (t *throttle) fail(k *tries, now time.Time) {
	if k.failed == 0 || now.Sub(k.first) >= t.limit.Window {
		k.failed, k.first = 0, now
	}
	if k.failed++; k.failed >= t.limit.Attempts {
		k.failed, k.until = 0, now.Add(t.limit.Lockout)
	}
}

func (t *throttle) wait(k *tries, now time.Time) time.Duration {
	if now.Before(k.until) {
		return k.until.Sub(now)
	}
	if now.Sub(k.first) >= t.limit.Window {
		k.failed = 0
	}
	if k.failed+k.underway >= t.limit.Attempts {
		return time.Second // until the tries under way are decided
	}
	return 0
}

func (t *throttle) of(key string) *tries {
	k := t.tries[key]
	if k == nil {
		if len(t.tries) >= maxTries {
			t.makeRoom()
		}
		k = &tries{}
		t.tries[key] = k
	}
	return k
}

func (t *throttle) makeRoom() {
	now := t.now()
	for key, k := range t.tries {
		if k.underway == 0 && !now.Before(k.until) && (k.failed == 0 || now.Sub(k.first) >= t.limit.Window) {
			delete(t.tries, key)
		}
	}
	for key, k := range t.tries {
		if len(t.tries) < maxTries*9/10 {
			return
		}
		if k.underway == 0 {
			delete(t.tries, key)
		}
	}
}

func loginKey(login string) string { return "l:" + login }

// sourceKey joins an IPv6 /64, which one customer owns whole, into one source.
func sourceKey(a netip.Addr) string {
	a = a.Unmap()
	if a.Is6() {
		p, _ := a.WithZone("").Prefix(64)
		return "s:" + p.String()
	}
	return "s:" + a.String()
}
