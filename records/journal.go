package records

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Journal writes what happened on calls, behind the calls: appending never waits for the database. Entries become durable
// in the order in which they were appended, in batches (group commit). While the database is locked or broken they wait in
// memory and are tried again; nothing is dropped while the process lives. What a killed process had not written is lost:
// at most Options.JournalDelay and one commit in good times. Claims of ownership do not go this way; they are durable at once.
type Journal struct {
	s    *Store
	wake chan struct{} // capacity 1: there is something to write
	done chan struct{} // closed when the writer has ended
	stop context.CancelFunc
	told *broadcast // after every batch

	mu       sync.Mutex
	waiting  []job // guarded by mu, like what follows
	oldest   time.Time
	appended uint64
	written  uint64
	hurry    uint64 // somebody waits until so many are written
	closing  bool
	closeErr error
}

// job is one thing to write in its turn: a journal entry, a verdict, an end of a call.
type job interface {
	write(ctx context.Context, t *txn, heads chainHeads) error
}

func newJournal(s *Store) *Journal {
	ctx, stop := context.WithCancel(context.Background())
	j := &Journal{s: s, wake: make(chan struct{}, 1), done: make(chan struct{}), stop: stop, told: newBroadcast()}
	go j.run(ctx)
	return j
}

// Append adds an entry to its call's chain and returns at once. Seq, Prev and Hash are given when it is written. An entry
// without Call goes to a chain of its agent ("agent:<login>"), or to the chain "system".
func (j *Journal) Append(e JournalEntry) { j.add(entryJob{e.clean(j.s.now())}) }

// AppendVerdict is SaveVerdict in the order of the journal, without waiting. A contradiction to what is stored is logged.
func (j *Journal) AppendVerdict(row CallRow) { j.add(verdictJob{row}) }

// AppendEnd is EndCall in the order of the journal, without waiting. A contradiction to what is stored is logged.
func (j *Journal) AppendEnd(row CallRow) { j.add(endJob{row}) }

func (j *Journal) add(item job) {
	j.mu.Lock()
	if j.closing {
		j.mu.Unlock()
		j.s.log.Error("journal entry after close is lost", "entry", fmt.Sprintf("%+v", item))
		return
	}
	if len(j.waiting) == 0 {
		j.oldest = time.Now()
	}
	j.waiting = append(j.waiting, item)
	j.appended++
	j.mu.Unlock()
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// Backlog tells how many entries wait to be written and for how long the oldest has waited: for readiness and metrics.
func (j *Journal) Backlog() (entries int, age time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.waiting) == 0 {
		return 0, 0
	}
	return len(j.waiting), time.Since(j.oldest)
}

// Flush returns when everything appended before is durable; it keeps nobody waiting for company. Errors: ctx, ErrClosed when the journal was closed before.
func (j *Journal) Flush(ctx context.Context) error {
	j.mu.Lock()
	target := j.appended
	if target > j.written && !j.closing {
		j.hurry = target
		select {
		case j.wake <- struct{}{}:
		default:
		}
	}
	j.mu.Unlock()
	for {
		told := j.told.wait()
		j.mu.Lock()
		reached := j.written >= target
		j.mu.Unlock()
		if reached {
			return nil
		}
		select {
		case <-told:
		case <-j.done:
			j.mu.Lock()
			reached = j.written >= target
			j.mu.Unlock()
			if !reached {
				return ErrClosed
			}
		case <-ctx.Done():
			return fmt.Errorf("records: flush: %w", ctx.Err())
		}
	}
}

// close writes what waits, for at most Options.DrainWait. Again is fine.
func (j *Journal) close() error {
	j.mu.Lock()
	first := !j.closing
	j.closing = true
	j.mu.Unlock()
	if first {
		close(j.wake) // nobody sends any more: add looks at closing first
		timer := time.AfterFunc(j.s.opt.DrainWait, j.stop)
		<-j.done
		timer.Stop()
		j.stop()
		j.mu.Lock()
		if lost := len(j.waiting); lost > 0 {
			j.closeErr = fmt.Errorf("records: %d journal entries could not be written in %s", lost, j.s.opt.DrainWait)
		}
		j.mu.Unlock()
	}
	<-j.done
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.closeErr
}

// run is the only writer.
func (j *Journal) run(ctx context.Context) {
	defer close(j.done)
	for {
		batch := j.batch(ctx)
		if batch == nil {
			return
		}
		if err := j.persist(ctx, batch); err != nil {
			return // only when Close has run out of patience
		}
		j.mu.Lock()
		clear(j.waiting[:len(batch)]) // let the memory go
		j.waiting = j.waiting[len(batch):]
		j.oldest = time.Now()
		j.written += uint64(len(batch))
		j.mu.Unlock()
		j.told.send()
	}
}

// maxBatch bounds one transaction when a backlog is written.
const maxBatch = 512

// batch waits for something to write, then up to JournalDelay for company. nil: closed, and nothing is left.
func (j *Journal) batch(ctx context.Context) []job {
	for {
		n, now := j.state()
		if n == 0 && now {
			return nil
		}
		if n > 0 {
			if !now {
				j.gather(ctx)
			}
			break
		}
		select {
		case <-j.wake:
		case <-ctx.Done():
			return nil
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.waiting[:min(len(j.waiting), maxBatch)]
}

// gather waits until JournalDelay has passed or there is no reason to wait any more.
func (j *Journal) gather(ctx context.Context) {
	timer := time.NewTimer(j.s.opt.JournalDelay)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		case <-j.wake:
			if _, now := j.state(); now {
				return
			}
		}
	}
}

// state tells how much waits, and whether it is not to wait any longer: the journal closes, a batch is full, or somebody
// waits in Flush.
func (j *Journal) state() (waiting int, now bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := len(j.waiting)
	return n, j.closing || n >= j.s.opt.JournalBatch || j.hurry > j.written && n > 0
}

// persist writes a batch in one transaction, however long it takes. It gives up only when ctx ends.
func (j *Journal) persist(ctx context.Context, batch []job) error {
	wait := j.s.patience()
	for {
		err := j.s.write(ctx, "journal", func(t *txn) error {
			heads := chainHeads{}
			for _, item := range batch {
				if err := item.write(ctx, t, heads); err != nil {
					return err
				}
			}
			return heads.save(ctx, t)
		})
		if err == nil {
			return nil
		}
		entries, age := j.Backlog()
		j.s.log.Error("journal cannot be written", "entries", entries, "age", age, "locked", errors.Is(err, ErrBusy), "err", err)
		if ended := wait.next(ctx); ended != nil {
			return ended
		}
	}
}
