package web

import (
	"net/netip"
	"sync"
	"time"
)

// throttle slows password guessing: a token bucket a source and one a login. A try takes a token from both before the
// password is looked at, so that parallel tries count too; a right password gives them back.
type throttle struct {
	source, login bucketRule
	now           func() time.Time

	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucketRule struct {
	burst int           // tries at once
	every time.Duration // one more after each
}

type bucket struct {
	tokens float64
	at     time.Time
	rule   bucketRule
}

// maxBuckets bounds the memory (about 100 bytes each). Past it the full buckets go, then any: forgetting a few counters is
// better than refusing everybody.
const maxBuckets = 20_000

func newThrottle(now func() time.Time) *throttle {
	return &throttle{
		source:  bucketRule{burst: 20, every: 3 * time.Second},
		login:   bucketRule{burst: 10, every: 15 * time.Second},
		now:     now,
		buckets: make(map[string]*bucket),
	}
}

// take counts one try. wait > 0: refused for that long, nothing counted.
func (t *throttle) take(source netip.Addr, login string) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	bySource, byLogin := t.bucket(sourceKey(source), t.source, now), t.bucket("l:"+login, t.login, now)
	wait = max(bySource.missing(), byLogin.missing())
	if wait > 0 {
		return wait
	}
	bySource.tokens--
	byLogin.tokens--
	return 0
}

// give takes the try back: it was no guess.
func (t *throttle) give(source netip.Addr, login string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, b := range []*bucket{t.bucket(sourceKey(source), t.source, now), t.bucket("l:"+login, t.login, now)} {
		b.tokens = min(b.tokens+1, float64(b.rule.burst))
	}
}

func (t *throttle) bucket(key string, rule bucketRule, now time.Time) *bucket {
	b := t.buckets[key]
	if b == nil {
		if len(t.buckets) >= maxBuckets {
			t.makeRoom(now)
		}
		b = &bucket{tokens: float64(rule.burst), at: now, rule: rule}
		t.buckets[key] = b
	}
	b.refill(now)
	return b
}

func (t *throttle) makeRoom(now time.Time) {
	for key, b := range t.buckets {
		if b.refill(now); b.tokens >= float64(b.rule.burst) {
			delete(t.buckets, key)
		}
	}
	for key := range t.buckets {
		if len(t.buckets) < maxBuckets*9/10 {
			return
		}
		delete(t.buckets, key)
	}
}

func (b *bucket) refill(now time.Time) {
	if passed := now.Sub(b.at); passed > 0 {
		b.tokens = min(b.tokens+float64(passed)/float64(b.rule.every), float64(b.rule.burst))
		b.at = now
	}
}

// missing is how long until there is a whole token.
func (b *bucket) missing() time.Duration {
	if b.tokens >= 1 {
		return 0
	}
	return time.Duration((1 - b.tokens) * float64(b.rule.every))
}

// sourceKey joins an IPv6 /64, which one customer owns whole, into one source.
func sourceKey(a netip.Addr) string {
	a = a.Unmap()
	if a.Is6() {
		p, _ := a.WithZone("").Prefix(64)
		return "s:" + p.String()
	}
	return "s:" + a.String()
}
