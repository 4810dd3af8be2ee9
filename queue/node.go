package queue

import (
	"context"
	"log/slog"
	"time"
)

// Node keeps this controller alive on the board: it renews the lease, takes over the calls of dead controllers and
// fetches matches that other controllers made for calls of this one.
type Node struct {
	board Board
	opt   NodeOptions
}

// NodeOptions says what a Node does with what it finds. The handlers run on the Node's goroutine, must not block and may
// be nil.
type NodeOptions struct {
	TTL    time.Duration // of the lease; three renewals fit into it. 3 s
	Orphan func(Known)   // a call of a dead node is this node's now: find it on the switch and drive it on, or Leave it
	Match  func(Match)   // an agent for a call of this node
	Lost   func()        // the lease had run out: calls may have gone to other nodes; Lookup tells
	Log    *slog.Logger
}

// waker is a board that says when mail arrives.
type waker interface {
	Wakes(ctx context.Context) (bell <-chan struct{}, wait func())
}

// NewNode makes the keeper of this node's lease.
func NewNode(board Board, opt NodeOptions) *Node {
	if opt.TTL <= 0 {
		opt.TTL = 3 * time.Second
	}
	if opt.Orphan == nil {
		opt.Orphan = func(Known) {}
	}
	if opt.Match == nil {
		opt.Match = func(Match) {}
	}
	if opt.Lost == nil {
		opt.Lost = func() {}
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	return &Node{board: board, opt: opt}
}

// Run leases at once, then three times in each lease and whenever mail arrives, until ctx ends.
func (n *Node) Run(ctx context.Context) error {
	var bell <-chan struct{}
	if w, ok := n.board.(waker); ok {
		var wait func()
		bell, wait = w.Wakes(ctx)
		defer wait()
	}
	renew := time.NewTicker(n.opt.TTL / 3)
	defer renew.Stop()
	for {
		for n.lease(ctx) { // a great node's calls come in portions
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-renew.C:
		case <-bell:
		}
	}
}

// lease says whether there is more to take over.
func (n *Node) lease(ctx context.Context) bool {
	l, err := n.board.Lease(ctx, n.opt.TTL)
	if err != nil {
		if ctx.Err() == nil {
			n.opt.Log.Warn("the lease was not renewed", "error", err)
		}
		return false
	}
	if l.Lost {
		n.opt.Log.Error("the lease had run out: other nodes may have taken over calls of this one")
		n.opt.Lost()
	}
	for _, k := range l.Orphans {
		n.opt.Log.Warn("took over a call of a dead node", "call", k.Call)
		n.opt.Orphan(k)
	}
	for _, m := range l.Matches {
		n.opt.Match(m)
	}
	return len(l.Orphans) == takeOverBatch
}
