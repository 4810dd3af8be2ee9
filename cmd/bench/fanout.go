package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"hotline/agent"
	"hotline/queue"
	"hotline/records"
	"hotline/web"
)

// What the fan-out is measured with.
const (
	wallboards  = 200
	eventsPerS  = 1000
	fanoutTime  = 5 * time.Second
	fanoutLogin = "wall"
)

// fanned is one round of one stream.
type fanned struct {
	p50, p99 float64 // ms from the event to the reader
	gaps     int     // events that some reader did not get, or not in order
}

// measureFanout sends live events to many wallboards, by the hotline's own stream and by a bare one of net/http, in turns.
func measureFanout(s *stage, o options) []row {
	ours, bare := openStreams(s), openBare(s)
	var own, plain []fanned
	for round := range o.rounds {
		for k := range 2 {
			if (round+k)%2 == 0 { // nobody is always the first
				own = append(own, fan(s, ours))
			} else {
				plain = append(plain, fan(s, bare))
			}
		}
		s.progress("round %d  wallboards: p50 %.2f p99 %.2f ms, %d gaps; bare stream: p50 %.2f p99 %.2f ms, %d gaps", round+1,
			own[round].p50, own[round].p99, own[round].gaps, plain[round].p50, plain[round].p99, plain[round].gaps)
	}
	return fanoutRows(own, plain)
}

func fanoutRows(own, plain []fanned) []row {
	pick := func(rounds []fanned, of func(fanned) float64) (values []float64) {
		for _, f := range rounds {
			values = append(values, of(f))
		}
		return values
	}
	p50, p99 := func(f fanned) float64 { return f.p50 }, func(f fanned) float64 { return f.p99 }
	gaps := 0
	for _, f := range own {
		gaps += f.gaps
	}
	what := fmt.Sprintf("%d events/s to %d wallboards", eventsPerS, wallboards)
	ratio := medianRatio(pick(own, p99), pick(plain, p99))
	tail := alone("… p99", "ms", median(pick(own, p99)), against("bare net/http stream", ratio, 2))
	tail.ratio = ratio
	middle := alone(what+", p50", "ms", median(pick(own, p50)))
	middle.ratio = medianRatio(pick(own, p50), pick(plain, p50))
	return []row{
		middle, tail, alone("… gaps, all rounds together", "", float64(gaps), atMost(float64(gaps), 0, "")),
		alone("… the bare stream, p50", "ms", median(pick(plain, p50))), alone("… the bare stream, p99", "ms", median(pick(plain, p99))),
	}
}

// streams is something that sends one event to all of its readers.
type streams struct {
	url     string
	token   string
	publish func(n int) error
}

// openStreams is the hotline's site with nothing behind it that could speak.
func openStreams(s *stage) streams {
	log := slog.New(slog.DiscardHandler)
	ctx, stop := context.WithCancel(context.Background())
	s.Cleanup(stop)
	store, err := records.Open(ctx, records.Options{Path: filepath.Join(s.TempDir(), "hotline.db"), Log: log})
	s.must("records", err)
	s.Cleanup(func() { s.must("records", store.Close()) })
	_, err = store.AddUser(ctx, records.NewUser{Login: fanoutLogin, Roles: []string{records.RoleSupervisor}})
	s.must("user", err)
	token, _, err := store.NewSession(ctx, fanoutLogin)
	s.must("session", err)
	hub := web.NewHub(0)
	site, err := web.New(web.Options{
		Version: "bench", Log: log, Records: store, Agents: agent.NewRoster(agent.Options{Log: log}), Calls: noCalls{}, Hub: hub,
		PeerStreams: wallboards + 1,
	})
	s.must("site", err)
	url := serveOn(s, site)
	s.Cleanup(site.Drain)
	return streams{url: url + "/api/v1/events?floor=true", token: token, publish: func(n int) error {
		return hub.PublishQueue(anEvent(n))
	}}
}

// noCalls is a switchboard without calls; nothing but the stream is asked for here.
type noCalls struct{ web.Switchboard }

// Queues implements web.Switchboard for the metrics that a site registers.
func (noCalls) Queues() []queue.QueueView { return nil }

// anEvent is as long as most are, with a number to mask. stamp carries the instant and the place in the row.
func anEvent(n int) queue.Event {
	return queue.Event{
		Kind: queue.EventOffered, At: time.Now(), Call: "bj1-1795338000.42", Queue: "service", Agent: "li.qiang",
		Data: map[string]string{
			"why": "skill 2", "ring": "1", "leg": "bj1-1795338000.42-1", "number": "+8613800138000",
			"stamp": strconv.FormatInt(time.Now().UnixNano(), 10) + ":" + strconv.Itoa(n) + ";",
		},
	}
}

// serveOn serves a handler on the loopback until the stage ends.
func serveOn(s *stage, h http.Handler) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	s.must("listen", err)
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	var served sync.WaitGroup
	served.Go(func() { _ = server.Serve(listener) })
	s.Cleanup(func() {
		_ = server.Close()
		served.Wait()
	})
	return "http://" + listener.Addr().String()
}

// fan opens the readers, sends for fanoutTime at an even pace, and waits until every reader has the last event or has been cut.
func fan(s *stage, to streams) fanned {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	const events = int(fanoutTime/time.Second) * eventsPerS
	readers := make([]*wallReader, wallboards)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: wallboards}}
	var done sync.WaitGroup
	for i := range readers {
		readers[i] = &wallReader{took: make([]int64, 0, events)}
		s.must("open a stream", readers[i].open(ctx, client, to))
		done.Go(func() { readers[i].read(events - 1) })
	}
	tick := time.NewTicker(time.Second / eventsPerS)
	defer tick.Stop()
	for began, n := time.Now(), 0; n < events; {
		<-tick.C
		// A late tick is made up for: the pace is of the wall clock, not of the timer.
		for due := int(time.Since(began).Seconds() * eventsPerS); n < min(due, events); n++ {
			s.must("publish", to.publish(n))
		}
	}
	limit := time.AfterFunc(30*time.Second, cancel)
	done.Wait()
	limit.Stop()
	var all []float64
	var f fanned
	for _, r := range readers {
		f.gaps += r.gaps + events - len(r.took)
		for _, ns := range r.took {
			all = append(all, milliseconds(time.Duration(ns)))
		}
	}
	f.p50, f.p99 = quantile(all, 0.5), quantile(all, 0.99)
	return f
}
