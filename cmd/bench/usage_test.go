package main

import (
	"os"
	"testing"
	"time"
)

func TestParseCPU(t *testing.T) {
	// The name holds what would throw off a naive count.
	const stat = "4242 (a) b (c) S 1 4242 4242 0 -1 4194560 1 2 3 4 151 49 7 8 20 0 31 0 100 200 300"
	got, err := parseCPU(stat)
	if err != nil || got != 2*time.Second {
		t.Errorf("parseCPU = %v, %v; want 2 s: 151 ticks of user and 49 of system time", got, err)
	}
	for _, bad := range []string{"", "1 (x) S 2 3", "1 (x) S 1 2 3 4 5 6 7 8 9 10 eleven 12 13"} {
		if got, err := parseCPU(bad); err == nil {
			t.Errorf("parseCPU(%q) = %v", bad, got)
		}
	}
}

func TestCPUTimeOfThisProcess(t *testing.T) {
	until := time.Now().Add(10 * time.Second)
	for spent := time.Duration(0); spent < 2*tick; {
		var err error
		if spent, err = cpuTime(os.Getpid()); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(until) {
			t.Fatalf("a process that did nothing but work has used %v", spent)
		}
	}
}

func TestParseCommands(t *testing.T) {
	c, err := parseCommands(pairs("# Commandstats\r\ncmdstat_evalsha:calls=4,usec=100,usec_per_call=25.00,rejected_calls=0,failed_calls=0\r\n" +
		"cmdstat_zadd:calls=12,usec=24,usec_per_call=2.00\r\ncmdstat_ping:calls=99,usec=9,usec_per_call=0.1\r\ncmdstat_info:calls=1,usec=50\r\n"))
	want := commands{all: 16, scripts: 4, spent: 100 * time.Microsecond}
	if err != nil || c != want {
		t.Errorf("got %+v, %v; want %+v", c, err, want)
	}
	if _, err := parseCommands(map[string]string{"cmdstat_get": "nonsense"}); err == nil {
		t.Error("nonsense was taken for counts")
	}
}

func TestSumMetrics(t *testing.T) {
	sums, err := sumMetrics("# HELP hotline_ari_events_total Events.\n# TYPE hotline_ari_events_total counter\n" +
		`hotline_ari_events_total{switch="a",type="StasisStart"} 2` + "\n" +
		`hotline_ari_events_total{switch="a",type="with a { and space"} 3.5e+01` + "\n\ngo_goroutines 12\n")
	if err != nil || sums["hotline_ari_events_total"] != 37 || sums["go_goroutines"] != 12 || len(sums) != 2 {
		t.Errorf("got %v, %v", sums, err)
	}
	if _, err := sumMetrics("name of nothing\n"); err == nil {
		t.Error("nonsense was taken for a metric")
	}
}

func TestUsageIsACallsShare(t *testing.T) {
	before := totals{usage{asterisk: 100, hotline: 50, redis: 10, events: 5, requests: 8, steps: 3, commands: 40}}
	now := totals{usage{asterisk: 600, hotline: 150, redis: 20, events: 85, requests: 108, steps: 83, commands: 740}}
	want := usage{asterisk: 50, hotline: 10, redis: 1, events: 8, requests: 10, steps: 8, commands: 70}
	if got := now.since(before, 10); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
