package queue

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// takeOverBatch bounds how many orphans one Lease takes, so that a big node's death does not stop the board for everyone.
const takeOverBatch = 128

// Lookup implements Board.
func (b *LocalBoard) Lookup(ctx context.Context, call string) (Known, error) {
	r, done, err := b.step(ctx)
	if err != nil {
		return Known{}, err
	}
	defer done()
	if c := r.calls[call]; c != nil {
		return c.known(), nil
	}
	return Known{}, ErrUnknown
}

// Calls implements Board. The calls come sorted.
func (b *LocalBoard) Calls(ctx context.Context, switchName string) ([]string, error) {
	r, done, err := b.step(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	var ids []string
	for e := range r.switches.of(switchName) {
		ids = append(ids, e.id)
	}
	return ids, nil
}

// Adopt implements Board.
func (b *LocalBoard) Adopt(ctx context.Context, call string) (Known, error) {
	r, done, err := b.step(ctx)
	if err != nil {
		return Known{}, err
	}
	defer done()
	c := r.calls[call]
	if c == nil {
		return Known{}, ErrUnknown
	}
	r.take(c)
	return c.known(), nil
}

// take makes the round's node the driver of a call.
func (r *round) take(c *standing) {
	r.due.drop(c.node, c.Call)
	r.epoch++
	c.node, c.epoch = r.node, r.epoch
	r.index(c)
}

// Know implements Board. It counts from the caller's next call on.
func (b *LocalBoard) Know(ctx context.Context, number string, caller Caller) error {
	r, done, err := b.step(ctx)
	if err != nil {
		return err
	}
	defer done()
	r.know(number, caller)
	return nil
}

func (r *round) know(number string, caller Caller) {
	if number == "" {
		return
	}
	if caller.empty() {
		delete(r.callers, number)
		return
	}
	caller.Owners = slices.Clone(caller.Owners)
	r.callers[number] = caller
}

// Lease implements Board.
func (b *LocalBoard) Lease(ctx context.Context, ttl time.Duration) (Leased, error) {
	r, done, err := b.step(ctx)
	if err != nil {
		return Leased{}, err
	}
	defer done()
	if ttl <= 0 {
		ttl = b.opt.LeaseTTL
	}
	now := millis(r.now())
	until, held := r.nodes.scores[r.node]
	l := Leased{Lost: held && until < now || !held && b.leased}
	b.leased = true
	r.nodes.put(r.node, now+ttl.Milliseconds())
	l.Orphans = r.orphans(now)
	for _, m := range r.mail[r.node] {
		// A claim that ended while its letter lay here is nobody's business any more.
		if c := r.calls[m.Call]; c != nil && c.node == r.node && c.ringing[m.Agent] != "" {
			m.Epoch = c.epoch
			l.Matches = append(l.Matches, m)
		}
	}
	delete(r.mail, r.node)
	return l, nil
}

// orphans takes over calls of nodes whose lease ended before now.
func (r *round) orphans(now int64) (taken []Known) {
	for _, n := range slices.Collect(r.nodes.all()) {
		if n.score >= now {
			break
		}
		if n.id == r.node {
			continue
		}
		for _, e := range slices.Collect(r.due.of(n.id)) {
			if len(taken) == takeOverBatch {
				return taken
			}
			c := r.calls[e.id]
			r.take(c)
			taken = append(taken, c.known())
		}
		r.nodes.drop(n.id)
		delete(r.mail, n.id)
	}
	return taken
}

// Arm implements Board.
func (b *LocalBoard) Arm(ctx context.Context, call string, epoch int64, due []Due) error {
	r, done, err := b.step(ctx)
	if err != nil {
		return err
	}
	defer done()
	c, err := r.driven(b.opt.Node, call)
	if err != nil {
		return err
	}
	if c.epoch != epoch {
		return nil
	}
	r.arm(c, due)
	return nil
}

func (r *round) arm(c *standing, due []Due) {
	for _, d := range due {
		c.deadlines[d.Kind] = moment(d.At)
	}
	r.index(c)
}

// Due implements Board.
func (b *LocalBoard) Due(ctx context.Context, now time.Time, max int) ([]Deadline, error) {
	r, done, err := b.step(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	var due []Deadline
	for e := range r.due.of(b.opt.Node) {
		if max--; max < 0 || e.score > millis(now) {
			break
		}
		c := r.calls[e.id]
		for kind, at := range c.deadlines {
			if millis(at) <= millis(now) {
				due = append(due, Deadline{Call: c.Call, Epoch: c.epoch, Kind: kind, At: at})
			}
		}
	}
	slices.SortFunc(due, compareDeadlines)
	return due, nil
}

// Fire implements Board.
func (b *LocalBoard) Fire(ctx context.Context, d Deadline) (bool, error) {
	r, done, err := b.step(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	c := r.calls[d.Call]
	if c == nil || c.node != b.opt.Node || c.epoch != d.Epoch || c.winner != "" {
		return false, nil
	}
	at, armed := c.deadlines[d.Kind]
	if !armed || millis(at) > millis(r.now()) {
		return false, nil
	}
	delete(c.deadlines, d.Kind)
	r.index(c)
	return true, nil
}

// Wakes gives a bell that rings when this node has mail, so that a match for one of its calls, made by another node, does
// not wait for the next Lease.
func (b *LocalBoard) Wakes(context.Context) (bell <-chan struct{}, wait func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.t.bell(b.opt.Node), func() {}
}

func compareDeadlines(a, b Deadline) int {
	return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Call, b.Call), strings.Compare(a.Kind, b.Kind))
}
