package knowledge

import (
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// What somebody without an account may ask for: one source as much as a whole office behind one address reads, all together as much as
// leaves the records free for those who work with them. A search costs more than a page.
const (
	perSource      = rate.Limit(2) // a second
	perSourceBurst = 60
	perHouse       = rate.Limit(50)
	perHouseBurst  = 200
	maxSources     = 10_000
	pageCosts      = 1
	searchCosts    = 3
	waitFor        = 10 * time.Second
)

// crowd bounds the pages that are open to everybody.
type crowd struct {
	source func(*http.Request) netip.Addr
	now    func() time.Time

	mu    sync.Mutex
	all   *rate.Limiter
	known map[netip.Addr]*rate.Limiter
}

func newCrowd(source func(*http.Request) netip.Addr, now func() time.Time) *crowd {
	return &crowd{source: source, now: now, all: rate.NewLimiter(perHouse, perHouseBurst), known: map[netip.Addr]*rate.Limiter{}}
}

// admits reports whether a request may be answered.
func (c *crowd) admits(r *http.Request, cost int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, from := c.now(), c.source(r).Unmap().WithZone("")
	if from.Is6() { // one customer owns a /64 whole
		from = netip.PrefixFrom(from, 64).Masked().Addr()
	}
	one := c.known[from]
	if one == nil {
		if len(c.known) >= maxSources { // those who asked for nothing lately are as good as new
			for addr, l := range c.known {
				if l.TokensAt(now) >= perSourceBurst {
					delete(c.known, addr)
				}
			}
		}
		if len(c.known) >= maxSources {
			return false
		}
		one = rate.NewLimiter(perSource, perSourceBurst)
		c.known[from] = one
	}
	return one.AllowN(now, cost) && c.all.AllowN(now, cost)
}

// public answers everybody, within bounds.
func (k *Knowledge) public(show http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		cost := pageCosts
		if r.URL.Query().Get("q") != "" {
			cost = searchCosts
		}
		if !k.crowd.admits(r, cost) {
			w.Header().Set("Retry-After", strconv.Itoa(int(waitFor/time.Second)))
			k.pages.Trouble(w, r, http.StatusTooManyRequests, k.say(r, "knowledge.trouble.crowd"), k.say(r, "knowledge.trouble.crowd.do"))
			return
		}
		show(w, r)
	}
}
