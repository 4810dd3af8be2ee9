package main

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestReportSaysWhatWasMissed(t *testing.T) {
	slow := func(ring50 float64) []latencies {
		return []latencies{{ring50: ring50, ring99: 2, answer50: 3}, {ring50: 2 * ring50, ring99: 4, answer50: 6}}
	}
	r := report{
		machine: machine{cpu: "Some CPU", cores: 2, memory: "1 kB", kernel: "6.1", load: "0.1", redis: "7.0", goes: "go1"},
		options: options{rounds: 2, calls: 20, rate: 10},
		rows:    append(latencyRows(slow(1), slow(1), slow(1.7)), alone("odd", "ms", math.NaN(), atMost(math.NaN(), 5, "ms"))),
	}
	// 1.7 × Dial() is too much, the p99 and the answer are equal, no events are few enough, NaN is never good.
	if got := r.missed(); got != 2 {
		t.Errorf("%d goals missed, want 2", got)
	}
	path := filepath.Join(t.TempDir(), "benchmarks.md")
	if err := r.write(path); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var shown bytes.Buffer
	r.print(&shown)
	for _, want := range []string{
		"Some CPU, 2 cores", "| INVITE → agent's INVITE, p50 | ms | 1.50 | 1.50 | 2.55 | 1.70 | ≤ 1.60 × Dial() | NO |",
		"| INVITE → agent's INVITE, p99 | ms | 3 | 3 | 3 | 1 | ≤ 2 × Dial() | yes |", "| odd | ms | – | – | – | – | ≤ 5 ms | NO |",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("%q is missing in\n%s", want, page)
		}
	}
	if !strings.Contains(shown.String(), "≤ 1.60 × Dial()") || strings.Contains(string(page), "Asterisk ,") {
		t.Errorf("shown:\n%s", &shown)
	}
}

func TestFigure(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 10000: "10000", 431.6: "432", 12.34: "12.3", 1.255: "1.25", 0.0123: "0.012", 0.0042: "0.0042", -0.5: "-0.500",
	} {
		if got := figure(v); got != want {
			t.Errorf("figure(%v) = %q, want %q", v, got, want)
		}
	}
}

func TestParseOptions(t *testing.T) {
	o, err := parse([]string{"-only", "memory,matching", "-rounds", "2"}, io.Discard)
	if err != nil || o.rounds != 2 || strings.Join(o.only, " ") != "memory matching" {
		t.Errorf("got %+v, %v", o, err)
	}
	for _, bad := range [][]string{{"-only", "nothing"}, {"-rounds", "0"}, {"-rate", "0"}, {"-rate", "1000"}, {"-calls", "3"}, {"more"}} {
		if o, err := parse(bad, io.Discard); err == nil {
			t.Errorf("%v gave %+v", bad, o)
		}
	}
}

func TestStageEndsWhatItStarted(t *testing.T) {
	s := newStage()
	var order []string
	err := s.try(func() {
		s.Cleanup(func() { order = append(order, "first") })
		s.Cleanup(func() { order = append(order, "second"); s.Fatalf("trouble at the end") })
		dir := s.TempDir()
		s.Cleanup(func() {
			if _, err := os.Stat(dir); err != nil {
				t.Errorf("gone too early: %v", err)
			}
		})
		s.must("nothing", nil)
		s.Fatalf("no %s", "good")
		t.Error("Fatalf came back")
	})
	if err == nil || err.Error() != "no good" {
		t.Errorf("try gave %v", err)
	}
	s.end()
	if strings.Join(order, " ") != "second first" {
		t.Errorf("ended in the order %v", order)
	}
}

// TestCrowdFindsItsAgents: the board for matching is laid out so that each side can match the other and nobody else.
func TestCrowdFindsItsAgents(t *testing.T) {
	quiet, crowded := map[string]bool{}, map[string]bool{}
	for n := range 100 {
		quiet[quietCall(n, time.Now()).Queue] = true
		crowded[crowdedCall(n, time.Now()).Queue] = true
	}
	if len(quiet) != queues/2 || len(crowded) != queues/2 {
		t.Fatalf("%d quiet and %d crowded queues of %d", len(quiet), len(crowded), queues)
	}
	for n := range 100 {
		seen := map[string]bool{}
		for _, l := range quietAgent(n).Queues {
			if !quiet[l.Queue] || crowded[l.Queue] || seen[l.Queue] {
				t.Errorf("agent %d waits in %q", n, l.Queue)
			}
			seen[l.Queue] = true
		}
		for _, l := range crowdedAgent(n).Queues {
			if !crowded[l.Queue] {
				t.Errorf("agent %d comes ready for %q, where nobody waits", n, l.Queue)
			}
		}
	}
}
