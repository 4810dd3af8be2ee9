package queue

import (
	"container/heap"
	"context"
	"errors"
	"hash/maphash"
	"log/slog"
	"sync"
	"time"
)

// Deadlines fires the deadlines of this node's calls: a heap and one timer for precision, the board's durable copy for
// safety. Each goes through Board.Fire, so it fires once for (call, epoch, kind), and not at all when the call was
// answered, ended or went to another node. A slow sweep of the board finds what the heap missed.
type Deadlines struct {
	board Board
	fire  func(Deadline)
	opt   DeadlineOptions
	seed  maphash.Seed

	mu    sync.Mutex
	armed armedHeap
	early chan struct{} // the head of the heap changed
}

// DeadlineOptions tunes Deadlines. The zero value of a field takes the default named beside it.
type DeadlineOptions struct {
	Now     func() time.Time
	Sweep   time.Duration       // between sweeps of the board. 1 s
	Workers int                 // deadlines that fire at once; those of one call keep their order. 16
	Late    func(time.Duration) // told how late each fired; must not block
	// Idle says that a deadline is certainly pointless: its call has ended, or a human talks. It saves the board a step for
	// each deadline that an answer has disarmed. Default: none is.
	Idle func(Deadline) bool
	Log  *slog.Logger
}

const (
	sweepBatch = 256
	sweepGrace = 250 * time.Millisecond // what is younger is the heap's business
	fireAgain  = 100 * time.Millisecond // after the board failed
)

// NewDeadlines makes the firing of a board's deadlines. fire runs on a worker: what it does delays later deadlines of the
// same worker, so it should only pass the deadline on.
func NewDeadlines(board Board, fire func(Deadline), opt DeadlineOptions) *Deadlines {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Sweep <= 0 {
		opt.Sweep = time.Second
	}
	if opt.Workers <= 0 {
		opt.Workers = 16
	}
	if opt.Idle == nil {
		opt.Idle = func(Deadline) bool { return false }
	}
	if opt.Late == nil {
		opt.Late = func(time.Duration) {}
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	return &Deadlines{board: board, fire: fire, opt: opt, seed: maphash.MakeSeed(), early: make(chan struct{}, 1)}
}

// Arm adds a deadline that the board has armed too (Waiting.Deadlines, Board.Arm), under the epoch that the board gave.
// One that the board does not know, or knows with a later instant, does not fire. Arm never blocks.
func (d *Deadlines) Arm(x Deadline) { d.arm(armedDeadline{Deadline: x}) }

func (d *Deadlines) arm(x armedDeadline) {
	d.mu.Lock()
	heap.Push(&d.armed, x)
	first := !d.armed[0].when().Before(x.when())
	d.mu.Unlock()
	if first {
		select {
		case d.early <- struct{}{}:
		default:
		}
	}
}

// Armed is how many deadlines the heap holds, those of ended calls included until their time comes.
func (d *Deadlines) Armed() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.armed)
}

// Run fires deadlines until ctx ends, and waits for those under way.
func (d *Deadlines) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	lanes := make([]chan Deadline, d.opt.Workers)
	for i := range lanes {
		lanes[i] = make(chan Deadline, sweepBatch)
		all.Go(func() { d.work(ctx, lanes[i]) })
	}
	hand := func(x Deadline) {
		select {
		case lanes[maphash.String(d.seed, x.Call)%uint64(len(lanes))] <- x:
		case <-ctx.Done():
		}
	}
	all.Go(func() { d.sweep(ctx, hand) })

	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-d.early:
		case <-timer.C:
		}
		due, next := d.due()
		for _, x := range due {
			hand(x)
		}
		if next > 0 {
			timer.Reset(next)
		}
	}
}

// due takes what is due off the heap and says how long until the next; 0 when there is none.
func (d *Deadlines) due() (due []Deadline, next time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.opt.Now()
	for len(d.armed) > 0 {
		if wait := d.armed[0].when().Sub(now); wait > 0 {
			return due, wait
		}
		due = append(due, heap.Pop(&d.armed).(armedDeadline).Deadline)
	}
	return due, 0
}

func (d *Deadlines) work(ctx context.Context, lane <-chan Deadline) {
	for {
		select {
		case <-ctx.Done():
			return
		case x := <-lane:
			d.tryFire(ctx, x)
		}
	}
}

func (d *Deadlines) tryFire(ctx context.Context, x Deadline) {
	if d.opt.Idle(x) {
		return
	}
	may, err := d.board.Fire(ctx, x)
	switch {
	case err != nil:
		if ctx.Err() == nil {
			d.opt.Log.Warn("a deadline could not fire yet", "call", x.Call, "kind", x.Kind, "error", err)
			d.arm(armedDeadline{x, d.opt.Now().Add(fireAgain).Sub(x.At)})
		}
	case may:
		d.opt.Late(max(d.opt.Now().Sub(x.At), 0))
		d.fire(x)
	}
}

// sweep is the backstop: deadlines of calls that were adopted, restored or forgotten.
func (d *Deadlines) sweep(ctx context.Context, hand func(Deadline)) {
	tick := time.NewTicker(d.opt.Sweep)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		due, err := d.board.Due(ctx, d.opt.Now().Add(-sweepGrace), sweepBatch)
		if err != nil && !errors.Is(err, context.Canceled) {
			d.opt.Log.Warn("the sweep of deadlines failed", "error", err)
		}
		for _, x := range due {
			hand(x)
		}
	}
}

// armedDeadline fires when its time comes, which is later than At when it is tried again.
type armedDeadline struct {
	Deadline
	later time.Duration
}

func (x armedDeadline) when() time.Time { return x.At.Add(x.later) }

// armedHeap orders by time: a container/heap.
type armedHeap []armedDeadline

func (h armedHeap) Len() int           { return len(h) }
func (h armedHeap) Less(i, j int) bool { return h[i].when().Before(h[j].when()) }
func (h armedHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *armedHeap) Push(x any) { *h = append(*h, x.(armedDeadline)) }

// Pop implements heap.Interface.
func (h *armedHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
