package embedded

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Session timers (RFC 4028) find calls whose other end has vanished without a BYE.
const (
	shortest = 90 * time.Second  // RFC 4028 §4: Min-SE
	usual    = 180 * time.Second // what we ask for
)

// sessionTimer is what was agreed with one side. Its zero value agreed nothing.
type sessionTimer struct {
	asks     bool          // our INVITEs ask for it
	least    time.Duration // the other side's Min-SE
	interval time.Duration // 0: none
	ours     bool          // we refresh
	stops    []func()
}

func (t *sessionTimer) offer() { t.asks = true }

func minSE() sip.Header { return sip.NewHeader("Min-SE", seconds(shortest)) }

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

// headers are those of an INVITE or UPDATE of ours.
func (t *sessionTimer) headers() []sip.Header {
	switch {
	case t.interval > 0:
		refresher := ";refresher=uas"
		if t.ours {
			refresher = ";refresher=uac"
		}
		return []sip.Header{sip.NewHeader("Session-Expires", seconds(t.interval)+refresher), minSE()}
	case t.asks:
		return []sip.Header{sip.NewHeader("Session-Expires", seconds(max(usual, t.least))), minSE()}
	}
	return nil
}

// agreed reads the 2xx to an INVITE or UPDATE of ours. A phone that knows nothing of timers is refreshed by us, because
// nothing else tells that it died; a browser is not, its websocket tells.
func (t *sessionTimer) agreed(p *party, res *sip.Response) {
	interval, refresher, found := sessionExpires(res)
	switch {
	case found && interval >= shortest:
		t.interval, t.ours = interval, refresher != "uas"
	case !t.asks && t.interval == 0:
	default:
		t.interval, t.ours = max(usual, t.least), true
		if browser(p.flow) {
			t.interval = 0
		}
	}
}

// raise takes the interval that a 422 to our INVITE demands, once.
func (t *sessionTimer) raise(res *sip.Response) bool {
	h := res.GetHeader("Min-SE")
	if h == nil || t.least > 0 {
		return false
	}
	n, err := strconv.Atoi(strings.TrimSpace(h.Value()))
	if err != nil || n <= 0 || n > 1<<20 {
		return false
	}
	t.least = time.Duration(n) * time.Second
	return true
}

// tooShort refuses an interval below ours (422).
func (t *sessionTimer) tooShort(r *sip.Request) bool {
	interval, _, found := sessionExpires(r)
	return found && interval < shortest
}

// accepted agrees to what an INVITE or UPDATE asks for and gives the headers of its 2xx (RFC 4028 §9).
func (t *sessionTimer) accepted(r *sip.Request) []sip.Header {
	interval, refresher, found := sessionExpires(r)
	knows := understandsTimer(r)
	if !found {
		if !knows && browserVia(r) {
			t.interval = 0
			return nil
		}
		interval = usual
	}
	least := shortest
	if h := r.GetHeader("Min-SE"); h != nil {
		if n, err := strconv.Atoi(strings.TrimSpace(h.Value())); err == nil && n > 0 && n < 1<<20 {
			least = max(least, time.Duration(n)*time.Second)
		}
	}
	t.interval = max(min(interval, usual), least)
	t.ours = !knows || refresher != "uac"
	if t.ours {
		refresher = "uas"
	}
	headers := []sip.Header{sip.NewHeader("Session-Expires", seconds(t.interval)+";refresher="+refresher)}
	if knows {
		headers = append(headers, sip.NewHeader("Require", "timer"))
	}
	return headers
}

// browserVia says that a request came by websocket.
func browserVia(r *sip.Request) bool {
	via := r.Via()
	return via != nil && strings.HasPrefix(strings.ToUpper(via.Transport), "WS")
}

func understandsTimer(r *sip.Request) bool {
	for _, tag := range append(options(r, "Supported"), options(r, "k")...) {
		if tag == "timer" {
			return true
		}
	}
	return false
}

// sessionExpires reads the header, long or compact form.
func sessionExpires(m sip.Message) (interval time.Duration, refresher string, found bool) {
	headers := append(m.GetHeaders("Session-Expires"), m.GetHeaders("x")...)
	if len(headers) == 0 {
		return 0, "", false
	}
	value, params, _ := strings.Cut(headers[0].Value(), ";")
	n, err := strconv.Atoi(strings.TrimSpace(value))
	if err != nil || n < 0 || n > 1<<30 {
		return 0, "", false
	}
	for param := range strings.SplitSeq(params, ";") {
		if who, isRefresher := strings.CutPrefix(strings.ToLower(strings.TrimSpace(param)), "refresher="); isRefresher {
			refresher = who
		}
	}
	return time.Duration(n) * time.Second, refresher, true
}

func (t *sessionTimer) stop() {
	for _, stop := range t.stops {
		stop()
	}
	t.stops = nil
}

// start begins the interval anew: after each agreement, and after each refresh.
func (t *sessionTimer) start(p *party) {
	t.stop()
	if t.interval == 0 || p.over {
		return
	}
	if t.ours {
		t.stops = append(t.stops, p.call.after(t.interval/2, func() { p.renew() }))
		return
	}
	// RFC 4028 §10: a little before the end, the side that waits in vain hangs up.
	t.stops = append(t.stops, p.call.after(t.interval-min(32*time.Second, t.interval/3), func() {
		p.call.lost(p, errNoAnswer)
	}))
}

// renew refreshes the session: by UPDATE, which touches nothing, or by an INVITE that says our last word again.
func (p *party) renew() {
	if p.over {
		return
	}
	if p.updates {
		p.call.s.tx.send(p.flow, p.request(sip.UPDATE, nil, p.timer.headers()...), func(res *sip.Response, err error) {
			p.call.post(func() { p.renewed(res, err) })
		})
		return
	}
	p.call.exclusive(func(free func()) {
		if p.over || len(p.said) == 0 {
			free()
			return
		}
		p.reinvite(p.said, func(_ []byte, _ func([]byte), _ error) {
			p.timer.start(p) // a refusal is an answer too: somebody is there
			free()
		})
	})
}

func (p *party) renewed(res *sip.Response, err error) {
	switch {
	case p.over || err == nil && res.StatusCode < 200:
		return
	case err != nil || res.StatusCode == noDialog.code || res.StatusCode == timedOut.code:
		p.call.lost(p, err)
		return
	case res.StatusCode == notAllowed.code || res.StatusCode == sip.StatusNotImplemented:
		p.updates = false
	case res.StatusCode < 300:
		p.timer.agreed(p, res)
	}
	p.timer.start(p)
}

// understands reads a method from Allow.
func understands(m sip.Message, method sip.RequestMethod) bool {
	for _, h := range m.GetHeaders("Allow") {
		for name := range strings.SplitSeq(h.Value(), ",") {
			if strings.EqualFold(strings.TrimSpace(name), string(method)) {
				return true
			}
		}
	}
	return false
}
