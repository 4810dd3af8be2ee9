package probe

import (
	"errors"
	"net"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// ErrTooOften says that there were too many looks in a short time; nothing was done.
var ErrTooOften = errors.New("probe: too many looks in a short time")

// How many looks are free before the pace counts.
const (
	burstOfTarget = 3
	burstOfAll    = 10
	maxTargets    = 1024 // remembered; a flood of targets forgets them, and the pace of all holds
)

// pace bounds the looks, at one target and at all together.
type pace struct {
	every time.Duration
	all   *rate.Limiter

	mu      sync.Mutex
	targets map[string]*rate.Limiter // guarded by mu
}

func newPace(every time.Duration, perSec float64) *pace {
	return &pace{every: every, all: rate.NewLimiter(rate.Limit(perSec), burstOfAll), targets: map[string]*rate.Limiter{}}
}

func (p *pace) allow(now time.Time, host string, port uint16) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := net.JoinHostPort(host, strconv.Itoa(int(port)))
	one := p.targets[key]
	if one == nil {
		if len(p.targets) >= maxTargets {
			clear(p.targets)
		}
		one = rate.NewLimiter(rate.Every(p.every), burstOfTarget)
		p.targets[key] = one
	}
	return one.AllowN(now, 1) && p.all.AllowN(now, 1)
}
