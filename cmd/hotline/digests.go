package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"hotline/configs"
	"hotline/records"
)

// digests makes the digest of every period that has ended, once for all nodes.
type digests struct {
	store *records.Store
	every string
	after time.Duration // since the midnight on which the period ended
	zone  *time.Location
	log   *slog.Logger
}

func newDigests(cfg configs.Config, store *records.Store, zone *time.Location, log *slog.Logger) (*digests, error) {
	at, err := time.Parse("15:04", cfg.Digest.At)
	if err != nil {
		return nil, fmt.Errorf("digest.at: %w", err)
	}
	return &digests{
		store: store, every: cfg.Digest.Every, after: time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, zone: zone, log: log,
	}, nil
}

// digestsLook is how often it is asked whether one is due: what was missed while nobody ran is made up for, the last period only.
const digestsLook = time.Minute

func (d *digests) Run(ctx context.Context) error {
	tick := time.NewTicker(digestsLook)
	defer tick.Stop()
	var made time.Time // the day on which it was last seen to be there
	for now := time.Now(); ; {
		if day := d.day(now); !day.Equal(made) && d.due(ctx, now) {
			made = day
		}
		select {
		case <-ctx.Done():
			return nil
		case now = <-tick.C:
		}
	}
}

func (d *digests) day(now time.Time) time.Time {
	l := now.In(d.zone)
	return time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, d.zone)
}

// due makes the digest when its time of the day has come; false: look again.
func (d *digests) due(ctx context.Context, now time.Time) bool {
	l := now.In(d.zone)
	if time.Duration(l.Hour())*time.Hour+time.Duration(l.Minute())*time.Minute < d.after {
		return false
	}
	made, fresh, err := d.store.KeepDigest(ctx, d.every, now)
	if err != nil {
		if ctx.Err() == nil {
			d.log.Warn("the digest of customers' reports waits", "error", err)
		}
		return false
	}
	if fresh {
		d.log.Info("digest of customers' reports made", "digest", made.ID, "cases", made.Cases)
	}
	return true
}
