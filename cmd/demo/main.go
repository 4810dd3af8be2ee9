// Command demo runs a whole small company for people who want to look: the hotline, its staff, its customers and a bounded number
// of simulated callers and phones, all real SIP on loopback, so that every page lives.
//
// What is simulated follows one plan made from a seed: who calls when, how patient they are, how long they talk and how it ends.
// It keeps its data in a directory of its own and touches nothing else.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

type commandLine struct {
	Hotline string        `default:"bin/hotline" help:"The server's binary (make build)."`
	Dir     string        `placeholder:"DIR" help:"Where the demo keeps its data. Default: a new temporary directory, removed at the end."`
	Listen  string        `default:"127.0.0.1:8080" help:"Address of the pages, on loopback."`
	SIP     string        `default:"127.0.0.1:5060" help:"Address of the telephone switch, on loopback."`
	Seed    uint64        `default:"1" help:"The same seed gives the same callers at the same times with the same patience."`
	Agents  int           `default:"6" help:"Simulated agents, 1 to 20."`
	Calls   int           `default:"2000" help:"Ends when so many have called, at most 100000."`
	Pace    time.Duration `default:"12s" help:"Mean time between two callers."`
	Script  bool          `help:"Print the plan of callers and end."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var line commandLine
	kong.Parse(&line, kong.Name("demo"), kong.Description("A small company on the hotline, to look at. Ctrl-C ends it."))
	if err := run(ctx, line, os.Stdout); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, line commandLine, out io.Writer) (err error) {
	if line.Agents < 1 || line.Agents > 20 || line.Calls < 1 || line.Calls > 100_000 || line.Pace < 100*time.Millisecond {
		return errors.New("out of bounds: 1 to 20 agents, 1 to 100000 calls, a pace of 100ms or more")
	}
	firm, err := company()
	if err != nil {
		return err
	}
	plan := newPlan(line.Seed, line.Calls, line.Pace, firm)
	if line.Script {
		for _, c := range plan {
			fmt.Fprintln(out, c)
		}
		return nil
	}
	dir := line.Dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "hotline-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &server{binary: line.Hotline, dir: dir, listen: line.Listen, sip: line.SIP}
	if err := s.configure(); err != nil {
		return err
	}
	people, err := s.hire(ctx, line.Agents)
	if err != nil {
		return err
	}
	contacts, err := writeHistory(ctx, s, firm, people, line.Seed)
	if err != nil {
		return err
	}
	ended, err := s.start(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := furnish(ctx, s, firm, people, contacts, line.Seed); err != nil {
		return err
	}

	welcome(out, line, dir, people)
	var staff sync.WaitGroup
	defer staff.Wait()
	defer cancel()
	for i, p := range people.simulated {
		staff.Go(func() { work(ctx, s, p, line.Seed, uint64(i)) })
	}
	called := make(chan struct{})
	staff.Go(func() { defer close(called); callIn(ctx, s, plan) })
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-ended:
		return fmt.Errorf("the hotline ended (its log is %s): %w", filepath.Join(dir, "hotline.log"), err)
	case <-called:
		fmt.Fprintf(out, "all %d callers have called; the demo ends\n", len(plan))
		return nil
	}
}

// welcome says where to look, with what, and how to end it.
func welcome(out io.Writer, line commandLine, dir string, people staff) {
	fmt.Fprintf(out, `
The demo runs. All of it is on this machine; nothing of yours is touched. Its data: %s

  pages       http://%s/
  wallboard   http://%s/wall

  login       password               who
`, dir, line.Listen, line.Listen)
	for _, p := range people.forYou {
		fmt.Fprintf(out, "  %-10s  %-22s %s\n", p.login, p.password, p.what)
	}
	fmt.Fprintf(out, `
Call the hotline yourself from http://%s/call and answer as "you" in another window.
%d agents and a caller every %v are simulated (seed %d). Ctrl-C ends everything.
`, line.Listen, len(people.simulated), line.Pace, line.Seed)
}
