package main

import (
	"context"
	"log/slog"
	"time"

	"hotline/queue"
	"hotline/records"
	"hotline/web"
)

// owners keeps the board's knowledge of whose case a caller has (I3) in step with the records.
type owners struct {
	store *records.Store
	board queue.Board
	log   *slog.Logger
}

// ownersEvery is how often all are told again: a board that was lost and rebuilt must learn them anew.
const ownersEvery = 5 * time.Minute

func (o *owners) Run(ctx context.Context) error {
	changed := make(chan string, 1024)
	o.store.OnOwnerChange(func(number string) {
		select {
		case changed <- number:
		default: // the next round of all brings it
		}
	})
	tick := time.NewTicker(ownersEvery)
	defer tick.Stop()
	o.all(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			o.all(ctx)
		case number := <-changed:
			known, err := o.store.NumberOwner(ctx, number)
			if err != nil {
				o.log.Warn("the owner of a caller's case cannot be read now", "error", err)
				continue
			}
			o.know(ctx, known)
		}
	}
}

func (o *owners) all(ctx context.Context) {
	list, err := o.store.OpenCaseOwners(ctx)
	if err != nil {
		if ctx.Err() == nil {
			o.log.Warn("the owners of open cases cannot be read now", "error", err)
		}
		return
	}
	for _, known := range list {
		o.know(ctx, known)
	}
}

func (o *owners) know(ctx context.Context, n records.NumberOwner) {
	if err := o.board.Know(ctx, n.Number, queue.Caller{Owners: n.Owners, Team: n.Team, Priority: n.Priority}); err != nil && ctx.Err() == nil {
		o.log.Warn("the board does not learn the owner of a caller's case now", "error", err)
	}
}

// overdue does what time alone decides: escalations that go up to the manager (I5), hand-overs that return to the owner (I2).
type overdue struct {
	store *records.Store
	log   *slog.Logger
}

func (o *overdue) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			if _, err := o.store.SweepOverdue(ctx, now); err != nil && ctx.Err() == nil {
				o.log.Warn("what is overdue cannot be found now", "error", err)
			}
		}
	}
}

// escalations copies the escalation feed to the live stream and to Redis, in order.
type escalations struct {
	store *records.Store
	hub   *web.Hub
	board *sharedBoard
	log   *slog.Logger
}

func (e *escalations) Run(ctx context.Context) error {
	after, err := e.board.copied(ctx)
	if err != nil {
		e.log.Warn("Redis does not say how far the escalation stream goes; it is continued when it does", "error", err)
	}
	retry := time.NewTicker(time.Second)
	defer retry.Stop()
	for {
		changed := e.store.FeedChanged()
		if err == nil {
			after, err = e.copy(ctx, after)
		} else {
			after, err = e.board.copied(ctx)
		}
		if err != nil && ctx.Err() == nil {
			e.log.Warn("the escalation stream in Redis waits", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-retry.C:
		}
	}
}

func (e *escalations) copy(ctx context.Context, after int64) (int64, error) {
	for {
		entries, err := e.store.Feed(ctx, after, 100)
		if err != nil || len(entries) == 0 {
			return after, err
		}
		for _, entry := range entries {
			if err := e.board.copyEscalation(ctx, entry); err != nil {
				return after, err
			}
			after = entry.Seq
			if err := e.hub.Publish(web.Live{
				Kind: "escalation", At: entry.At, To: web.ToDispatchers | web.ToSupervisors, Full: entry,
			}); err != nil {
				e.log.Error("an escalation cannot be shown live", "error", err)
			}
		}
	}
}

// managers tells the service managers what they must know (agent.Managers).
type managers struct {
	store   *records.Store
	errands *errands
	hub     *web.Hub
}

func (m *managers) Notice(kind, login, call, detail string) {
	at := time.Now()
	m.errands.send("tell the service managers", func(ctx context.Context) error {
		if kind == records.NoticeWrapUp {
			return m.store.WrapUpTimedOut(ctx, call, login)
		}
		return m.store.AddNotice(ctx, records.Notice{Kind: kind, Login: login, Call: call, Detail: detail, At: at}, "")
	})
	// The live copy is a convenience; the record above is what counts.
	_ = m.hub.Publish(web.Live{Kind: "notice", At: at, Call: call, Agent: login, To: web.ToSupervisors, Full: map[string]string{
		"kind": kind, "login": login, "call": call, "detail": detail,
	}})
}
