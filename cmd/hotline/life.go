package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// life starts parts and ends them in reverse order, waiting for each. A part that fails ends the whole.
type life struct {
	log    *slog.Logger
	failed chan error
	ends   []ending
}

type ending struct {
	name string
	end  func() error
}

// endTime is how long one part may take to end; after it the others are ended all the same.
const endTime = 15 * time.Second

func newLife(log *slog.Logger) *life { return &life{log: log, failed: make(chan error, 1)} }

// onEnd adds something to be done at the end.
func (l *life) onEnd(name string, end func() error) { l.ends = append(l.ends, ending{name, end}) }

// start runs a part until the end comes to it. A part that returns earlier with an error fails the whole.
func (l *life) start(name string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		err := run(ctx)
		if err != nil && !errors.Is(err, context.Canceled) && ctx.Err() == nil {
			select {
			case l.failed <- fmt.Errorf("%s: %w", name, err):
			default:
			}
		}
		done <- err
	}()
	l.onEnd(name, func() error {
		cancel()
		select {
		case err := <-done:
			if errors.Is(err, context.Canceled) {
				return nil
			}
			return err
		case <-time.After(endTime):
			return fmt.Errorf("did not end in %v", endTime)
		}
	})
}

// wait returns when ctx ends or a part fails.
func (l *life) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		l.log.Info("hotline stops; calls go on at the switch")
		return nil
	case err := <-l.failed:
		return err
	}
}

// end ends everything, the last started first.
func (l *life) end() {
	for i := len(l.ends) - 1; i >= 0; i-- {
		if err := l.ends[i].end(); err != nil {
			l.log.Error("a part did not end well", "part", l.ends[i].name, "error", err)
		}
	}
	l.ends = nil
}
