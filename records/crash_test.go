package records_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hotline/records"
)

// crashEnv names the database on which a child process claims cases until it is killed.
const crashEnv = "HOTLINE_RECORDS_CLAIM_UNTIL_KILLED"

// claimUntilKilled is the child: four agents answer calls, and every claim, hand-over and wrap-up is acknowledged on
// standard output after it is durable, while the journal is written behind.
func claimUntilKilled(path string) int {
	ctx := context.Background()
	s, err := records.Open(ctx, records.Options{Path: path, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var out sync.Mutex
	say := func(words ...string) {
		out.Lock()
		defer out.Unlock()
		if _, err := fmt.Fprintln(os.Stdout, strings.Join(words, " ")); err != nil {
			os.Exit(1) // nobody listens any more
		}
	}
	var wait sync.WaitGroup
	for a := range 4 {
		agent := fmt.Sprint("agent", a)
		wait.Go(func() {
			for n := 0; ; n++ {
				call := fmt.Sprintf("%s-%d-%d", agent, os.Getpid(), n)
				for range 5 {
					s.Journal().Append(records.JournalEntry{Call: call, Kind: "offered", Agent: agent})
				}
				own, err := s.OwnCall(ctx, records.OwnInput{Call: call, Agent: agent})
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				say("owned", call, own.Number, own.Owner)
				if n%3 != 0 {
					continue
				}
				if _, err := s.WrapUp(ctx, solved(call, agent)); err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				say("solved", call, own.Number, own.Owner)
			}
		})
	}
	wait.Wait()
	return 1 // it was to be killed
}

// TestKilled: a process killed in the middle of its work loses nothing that it acknowledged, and every chain holds.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.db")
	acknowledged := map[string][]string{}
	for round := range 3 {
		child := exec.Command(os.Args[0]) //nolint:gosec // this very test
		child.Env = append(os.Environ(), crashEnv+"="+path)
		child.Stderr = os.Stderr
		out := get[interface {
			Read([]byte) (int, error)
		}](t)(child.StdoutPipe())
		must(t, child.Start())
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			w := strings.Fields(lines.Text())
			if len(w) != 4 {
				continue // the line on which it died
			}
			acknowledged[w[1]] = w
			if n == 40+17*round {
				must(t, child.Process.Kill())
			}
		}
		if err := child.Wait(); err == nil || child.ProcessState.ExitCode() != -1 {
			t.Fatalf("the child was not killed: %v", err)
		}
	}
	s := openAt(t, path)
	ctx := t.Context()
	for call, w := range acknowledged {
		c := get[records.Case](t)(s.CaseOfCall(ctx, call))
		equal(t, call+": number and owner", c.Number+" "+c.Owner, w[2]+" "+w[3])
		if w[0] == "solved" {
			equal(t, call+": state", c.State, records.CaseSolved)
		}
	}
	must(t, get[records.Report](t)(s.Journal().VerifyChains(ctx)).Err())
	if len(acknowledged) < 100 {
		t.Errorf("only %d calls were acknowledged", len(acknowledged))
	}
	invariants(t, s, path)
}
