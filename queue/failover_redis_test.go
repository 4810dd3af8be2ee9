package queue

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"syscall"
	"testing"
	"time"
)

// kill -9 of Redis: callers are served within 250 ms, and what happened meanwhile stands in Redis after its restart.
func TestFailoverKilledRedis(t *testing.T) {
	for _, how := range []string{"killed", "stopped"} {
		t.Run(how, func(t *testing.T) { testFailoverRedis(t, how == "killed") })
	}
}

func testFailoverRedis(t *testing.T, kill bool) {
	ctx, cancel := context.WithCancel(t.Context())
	server := startRedis(t)
	opt := BoardOptions{Node: "n1"}
	shared, err := DialBoard(ctx, server.url(), opt)
	if err != nil {
		t.Fatal(err)
	}
	defer shared.Close()
	seen := newReports()
	f := NewFailover(shared, NewLocalBoard(opt), FailoverOptions{Report: seen.take, Probe: 20 * time.Millisecond})
	var run sync.WaitGroup
	run.Go(func() { _ = f.Run(ctx) })
	defer run.Wait()
	defer cancel()
	d := desk{t: t, ctx: ctx, world: world{clock: newClock()}, Board: f}
	for i := range 20 {
		d.ready(fmt.Sprintf("a%d", i), time.Minute, at("q", 1))
		if i < 10 {
			d.enqueue(fmt.Sprintf("c%d", i), "q")
		}
	}
	if kill {
		server.kill()
	} else if err := server.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			start := time.Now()
			call := fmt.Sprintf("c%d", i)
			if _, err := f.Answer(ctx, call, fmt.Sprintf("a%d", i), time.Now()); err != nil {
				t.Error(err)
			}
			if took := time.Since(start); took > 250*time.Millisecond {
				t.Errorf("an answer took %v", took)
			}
		})
		all.Go(func() {
			start := time.Now()
			e, err := f.Enqueue(ctx, Waiting{Call: fmt.Sprintf("n%d", i), Queue: "q", Ring1: time.Now(), First: one})
			if err != nil || len(e.Matches) != 1 {
				t.Errorf("enqueued %+v %v", e, err)
			}
			if took := time.Since(start); took > 250*time.Millisecond {
				t.Errorf("a new caller waited %v", took)
			}
		})
	}
	all.Wait()
	seen.await(t, ModeLocal)
	if kill {
		server.start()
	} else if err := server.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	seen.await(t, ModeShared)
	for i := range 10 {
		k, err := shared.Lookup(ctx, fmt.Sprintf("c%d", i))
		if err != nil || k.Winner == "" {
			t.Errorf("talking %+v %v", k, err)
		}
		if k, err = shared.Lookup(ctx, fmt.Sprintf("n%d", i)); err != nil || len(k.Ringing) != 1 {
			t.Errorf("ringing %+v %v", k, err)
		}
	}
}

// kill -9 and restart of Redis alone: the append-only file brings every acknowledged step back.
func TestRedisRestart(t *testing.T) {
	server := startRedis(t)
	b, err := DialBoard(t.Context(), server.url(), BoardOptions{Node: "n1"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	// With "everysec" Redis holds a write back while the disk is still busy with the one before.
	if err := b.client.ConfigSet(t.Context(), "appendfsync", "always").Err(); err != nil {
		t.Fatal(err)
	}
	d := desk{t: t, ctx: t.Context(), world: world{clock: newClock()}, Board: b}
	var before []Known
	for i := range 50 {
		d.ready(fmt.Sprintf("a%d", i), time.Minute, at("q", 1))
		d.enqueue(fmt.Sprintf("c%d", i), "q", func(w *Waiting) { w.Deadlines, w.Token = []Due{{d.Now(), "step:2"}}, "tok" })
	}
	_, err = b.Answer(t.Context(), "c7", "a7", d.Now())
	d.must(err)
	for i := range 50 {
		before = append(before, d.known(fmt.Sprintf("c%d", i)))
	}
	server.kill()
	server.start()
	again, err := DialBoard(t.Context(), server.url(), BoardOptions{Node: "n1"})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	d.Board = again
	for i, k := range before {
		if now := d.known(fmt.Sprintf("c%d", i)); !reflect.DeepEqual(now, k) {
			t.Fatalf("after the restart %+v, before %+v", now, k)
		}
	}
}
