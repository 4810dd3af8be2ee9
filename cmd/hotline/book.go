package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"hotline/agent"
	"hotline/queue"
	"hotline/records"
	"hotline/web"
)

// book keeps what the queue reports (queue.Book): the journal, the verdict, the live stream, and what the records must do
// about it. Nothing in Write waits for the database.
type book struct {
	store   *records.Store
	roster  *agent.Roster
	hub     *web.Hub
	errands *errands
	log     *slog.Logger

	mu   sync.Mutex
	rows map[string]records.CallRow // calls that live
}

func (b *book) Write(e queue.Event) {
	if err := b.hub.PublishQueue(e); err != nil {
		b.log.Error("a live event cannot be sent", "kind", e.Kind, "error", err)
	}
	data, err := json.Marshal(e)
	if err != nil {
		b.log.Error("an event cannot be written into the journal", "call", e.Call, "kind", e.Kind, "error", err)
		return
	}
	b.store.Journal().Append(records.JournalEntry{Call: e.Call, At: e.At, Kind: e.Kind, Agent: e.Agent, Data: data})
	if e.Call != "" {
		b.keepRow(e)
	}
	b.follow(e)
}

// keepRow keeps the call's row: the verdict is written once when it falls, the end when it comes.
func (b *book) keepRow(e queue.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	row, lives := b.rows[e.Call]
	switch e.Kind {
	case queue.EventArrived, queue.EventAdopted, queue.EventRefused, queue.EventEnded:
	default:
		if !lives {
			return // it has ended; only its journal goes on
		}
	}
	row.Call = e.Call
	if e.Queue != "" {
		row.Queue = e.Queue
	}
	switch e.Kind {
	case queue.EventArrived, queue.EventAdopted, queue.EventRefused:
		row.DID, row.Number, row.Name, row.Switch = e.Data["did"], e.Data["number"], e.Data["name"], e.Data["switch"]
		row.Arrived, row.Ring1 = e.At, e.At
		if ring1, err := time.Parse(time.RFC3339Nano, e.Data["ring1"]); err == nil {
			row.Arrived, row.Ring1 = ring1, ring1
		}
		if setup, err := time.ParseDuration(e.Data["setup_ms"] + "ms"); err == nil {
			row.Arrived = row.Ring1.Add(-setup)
		}
	}
	if e.Verdict != nil && row.Rule == "" {
		v := e.Verdict
		row.Rule, row.Answered, row.Rings, row.WaitedMS, row.Met, row.Short = v.Rule, v.Answered, v.Rings, v.Waited.Milliseconds(), v.Met, v.Short
		if v.Answered {
			row.Agent, row.AnsweredAt = e.Agent, row.Ring1.Add(v.Waited)
		}
		b.store.Journal().AppendVerdict(row)
	}
	if e.Kind == queue.EventEnded {
		row.Ended, row.End = e.At, e.Data["end"]
		if !row.Answered {
			row.EndRing = row.Rings
		}
		b.store.Journal().AppendEnd(row)
		delete(b.rows, e.Call)
		return
	}
	b.rows[e.Call] = row
}

// follow sends the errands that an event asks for.
func (b *book) follow(e queue.Event) {
	switch {
	case e.Kind == queue.EventAlarm:
		b.errands.send("tell the managers of an alarm", func(ctx context.Context) error {
			return b.settled(b.store.AddNotice(ctx, records.Notice{
				Kind: "alarm", Login: e.Agent, Call: e.Call, Detail: e.Data["what"] + ": " + e.Data["detail"], At: e.At,
			}, ""))
		})
	case e.Kind == queue.EventAnswered && e.Verdict == nil:
		// Somebody took over a talk whose first agent's phone died: the case stays where it is, the wrap-up may be theirs.
		b.errands.send("note a helping agent", func(ctx context.Context) error {
			_, err := b.store.HelpOnCall(ctx, e.Call, e.Agent, e.At)
			return b.settled(err)
		})
	case e.Kind == queue.EventHandTaken:
		b.errands.send("hand the case over", func(ctx context.Context) error { return b.handOver(ctx, e) })
	case e.Kind == queue.EventCallback:
		b.errands.send("note a callback request", func(ctx context.Context) error {
			_, err := b.store.AddCallback(ctx, records.CallbackRequest{
				Number: e.Data["number"], Queue: e.Queue, Call: e.Call, RequestedAt: e.At,
			})
			return b.settled(err)
		})
	}
}

// handOver follows an accepted hand-over of a live call: who picked up has accepted the case, if it was the giver's (I2).
func (b *book) handOver(ctx context.Context, e queue.Event) error {
	if e.Data["forced"] != "" {
		return b.takenOver(ctx, e)
	}
	_, err := b.store.TakeOverCall(ctx, records.CallTakeOver{
		Call: e.Call, From: e.Data["from"], To: e.Agent, Note: "handed over in the call", At: e.At,
	})
	return b.settled(err)
}

// takenOver follows a service manager's take-over of a live call. They talk on it from now on; a case that belonged to whom they
// took it from becomes theirs by a manager's override with the reason given (I2), and one that belongs to somebody else stays.
func (b *book) takenOver(ctx context.Context, e queue.Event) error {
	owned, err := b.store.HelpOnCall(ctx, e.Call, e.Agent, e.At)
	if err != nil || owned.Owner != e.Data["from"] {
		return b.settled(err)
	}
	_, err = b.store.OverrideOwner(ctx, records.OwnerOverride{
		Case: owned.Number, To: e.Agent, By: e.Agent, Reason: "took the call over: " + e.Data["reason"],
	})
	return b.settled(err)
}

// settled drops errors that no repetition can mend, after logging them: refusals by the rules. A busy database is none.
func (b *book) settled(err error) error {
	var problem *records.Problem
	if errors.As(err, &problem) {
		b.log.Error("the records refused what a call asked for", "error", err)
		return nil
	}
	return err
}

// Own makes the answering agent the owner of the call's case, or joins the call to the caller's open case. It is durable
// when it returns; only then does the desk hear of it.
func (b *book) Own(ctx context.Context, call queue.Call, queueName, login string, at time.Time) (queue.Owned, error) {
	owned, err := b.store.OwnCall(ctx, records.OwnInput{Call: call.ID, Queue: queueName, Agent: login, Number: call.Number, At: at})
	if errors.Is(err, records.ErrOwned) {
		owned, err = b.store.HelpOnCall(ctx, call.ID, login, at)
	}
	if err != nil {
		return queue.Owned{}, err
	}
	b.roster.Push(login, agent.Push{Kind: "owned", Call: call.ID, Data: owned})
	return queue.Owned{Case: owned.Number, Owner: owned.Owner, New: owned.New}, nil
}
