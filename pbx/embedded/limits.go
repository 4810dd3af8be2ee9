package embedded

import (
	"net/netip"
	"strings"
	"sync"
	"time"
)

// bucket is a token bucket for each source address: rate tokens a second, at most burst. It holds no more than most
// sources; one that is full again, and so like one never seen, makes room first.
type bucket struct {
	rate, burst float64
	most        int

	mu sync.Mutex
	by map[netip.Addr]level
}

type level struct {
	tokens float64
	at     time.Time
}

const mostSources = 10_000

func newBucket(rate float64, burst int) *bucket {
	return &bucket{rate: rate, burst: float64(burst), most: mostSources, by: map[netip.Addr]level{}}
}

// take takes a token and reports whether there was one.
func (b *bucket) take(from netip.Addr, now time.Time) bool { return b.spend(from, now, 1) }

// empty reports whether there is none, and takes nothing.
func (b *bucket) empty(from netip.Addr, now time.Time) bool { return !b.spend(from, now, 0) }

func (b *bucket) spend(from netip.Addr, now time.Time, tokens float64) bool {
	from = source(from)
	b.mu.Lock()
	defer b.mu.Unlock()
	l, known := b.by[from]
	if !known {
		l = level{tokens: b.burst, at: now}
	}
	l.tokens = min(b.burst, l.tokens+now.Sub(l.at).Seconds()*b.rate)
	l.at = now
	if l.tokens < 1 {
		b.by[from] = l
		return false
	}
	if tokens == 0 {
		return true
	}
	l.tokens -= tokens
	if !known && len(b.by) >= b.most {
		b.makeRoom(now)
	}
	b.by[from] = l
	return true
}

// makeRoom forgets a few sources, of those looked at the ones that are full again, or else any.
func (b *bucket) makeRoom(now time.Time) {
	const looks = 64
	looked, freed := 0, false
	var last netip.Addr
	for from, l := range b.by {
		if l.tokens+now.Sub(l.at).Seconds()*b.rate >= b.burst {
			delete(b.by, from)
			freed = true
		}
		last = from
		if looked++; looked == looks {
			break
		}
	}
	if !freed {
		delete(b.by, last)
	}
}

// source is what counts as one: an IPv4 address, or the 64 bits of IPv6 that one customer gets.
func source(a netip.Addr) netip.Addr {
	if a.Is4() || !a.IsValid() {
		return a
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}

// tally counts what a source has open, calls or connections.
type tally struct {
	most, mostEach int

	mu  sync.Mutex
	all int
	by  map[netip.Addr]int
}

func newTally(most, mostEach int) *tally {
	return &tally{most: most, mostEach: mostEach, by: map[netip.Addr]int{}}
}

// add counts one more unless it would be too many.
func (t *tally) add(from netip.Addr) bool {
	from = source(from)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all >= t.most || t.by[from] >= t.mostEach {
		return false
	}
	t.all++
	t.by[from]++
	return true
}

func (t *tally) drop(from netip.Addr) {
	from = source(from)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all--
	if t.by[from]--; t.by[from] <= 0 {
		delete(t.by, from)
	}
}

func (t *tally) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all
}

// scanners are what programs call themselves that look for switches to rob. They get no answer, not even a refusal.
func scanner(userAgent string) bool {
	userAgent = strings.ToLower(userAgent)
	for _, name := range [...]string{
		"friendly-scanner", "friendly-request", "sipvicious", "sipcli", "sundayddr", "sip-scan", "smap",
		"iwar", "pplsip", "vaxsipuseragent", "siparmyknife",
	} {
		if strings.Contains(userAgent, name) {
			return true
		}
	}
	return false
}
