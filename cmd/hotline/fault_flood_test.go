package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// floodFor is how long events flood the controller: real seconds, because the fault is one that lasts.
const floodFor = 60 * time.Second

// The flood, and what the hotline may need in it. Memory is the process's peak above what it took before: 64 MB of events may wait, as much
// again is garbage before it is collected. Seen are 30 MB, and 190 MB with the race detector, for which the bound leaves room.
const (
	floodRounds  = 200         // of calls
	floodRate    = 1500        // events a second; half of it must be reached, or it was none
	floodHandOff = time.Second // from a caller's hang-up to the next caller's answer by the same agent
	floodMemory  = 256 << 20
)

// TestAFloodOfEvents has Asterisk send thousands of events a second for a minute on the connection that calls are driven by, while
// callers arrive, wait, are answered and leave. Nobody is lost or answered late, verdicts say what callers heard, an agent who hangs up
// has the next caller at once, the connection stays and so does the memory.
func TestAFloodOfEvents(t *testing.T) { //nolint:paralleltest // it floods the machine
	h := openHouseAlone(t, house.Options{Voice: 100 * time.Millisecond})
	const crew = 3
	agents := h.Crew("a", crew, pbxtest.Behaviour{Answer: true})
	lasting := h.Dial("13700137000", house.DIDMain)
	h.Wait("a caller is answered", lasting.WaitAnswered)
	h.Eventually("the talk has its case", func() bool {
		return all(h.Live(), func(v house.CallView) bool { return v.Answered && v.Live.Case != "" })
	})
	before, memory, events := h.Live(), peak(t, h), eventsHeard(t, h)

	flood := startFlood(t, h.Asterisk, floodRate, 1<<10)
	until := time.After(floodFor)
	heard := map[string]time.Duration{} // how long each caller heard ringing, by number
	var slowest, handOff time.Duration
	for n := 0; ; n++ {
		var talking, waiting []*pbxtest.PhoneCall
		for i := range 2 * (crew - 1) { // half of them find an agent
			from := fmt.Sprintf("1380%04d%03d", n, i)
			c := h.Dial(from, house.DIDMain)
			if i < crew-1 {
				h.Wait("a caller is answered in the flood", c.WaitAnswered)
				talking = append(talking, c)
			} else {
				waiting = append(waiting, c)
			}
		}
		served := map[*pbxtest.PhoneCall]bool{}
		for _, c := range talking {
			h.Wait("a caller hangs up in the flood", c.HangUp)
			h.Eventually("who waits is answered in the flood", func() bool {
				for _, next := range waiting { // two who came in the same millisecond are served in either order
					if next.Passed(pbxtest.MarkAnswered) && !served[next] {
						served[next] = true
						handOff = max(handOff, next.At(pbxtest.MarkAnswered).Sub(c.At(pbxtest.MarkBye)))
						return true
					}
				}
				return false
			})
		}
		for i, c := range append(talking, waiting...) {
			rang := c.At(pbxtest.MarkAnswered).Sub(c.At(pbxtest.MarkRinging))
			heard[fmt.Sprintf("+861380%04d%03d", n, i)] = rang
			if slowest = max(slowest, rang); rang >= 3*house.Ring {
				t.Errorf("in the flood caller %d of round %d was answered after %v", i, n, rang)
			}
		}
		for _, c := range waiting {
			h.Wait("a caller hangs up in the flood", c.HangUp)
		}
		h.Eventually("the lasting talk is left, agents are ready", func() bool {
			live, ready := h.Live(), 0
			for _, state := range h.Presences() {
				if state == "ready" {
					ready++
				}
			}
			return len(live) == 1 && ready == crew-1
		})
		if n == floodRounds {
			<-until // the flood goes on; more calls would only cost memory of their own
			break
		}
		select {
		case <-until:
		default:
			continue
		}
		break
	}
	sent, took := flood.stop()
	grown := peak(t, h) - memory
	t.Logf("%d events in %v (%.0f a second), %d calls, slowest answer %v, slowest hand-off %v, memory +%d MB",
		sent, took.Round(time.Second), float64(sent)/took.Seconds(), len(heard), slowest.Round(time.Millisecond), handOff.Round(time.Millisecond), grown>>20)
	if float64(sent) < floodRate/2*took.Seconds() {
		t.Errorf("%d events in %v: that is no flood", sent, took)
	}
	h.Eventually("every event was heard", func() bool { return eventsHeard(t, h)-events >= float64(sent) })
	if n := counted(t, h, "hotline_ari_connects_total"); n != 1 {
		t.Errorf("connected %v times: the flood cut the connection", n)
	}
	if handOff > floodHandOff+raceSlack {
		t.Errorf("in the flood the next caller waited %v for an agent who was free", handOff)
	}
	if grown > floodMemory {
		t.Errorf("the flood cost %d MB", grown>>20)
	}

	for id, was := range before {
		if now := h.Live()[id]; now.Live == nil || now.WaitedMS != was.WaitedMS || now.Live.Agent != was.Live.Agent || now.Live.Case != was.Live.Case {
			t.Errorf("the talk was %+v, is %+v", was, now)
		}
	}
	h.Wait("hanging up", lasting.HangUp)
	h.Eventually("every call is over", func() bool { return len(h.Live()) == 0 })
	for id := range before {
		h.Eventually("its end is in the records", func() bool { return h.Call(id).End == "caller" })
	}
	verdictsHeard(t, h, heard)
	if len(agents) != crew {
		t.Errorf("%d agents", len(agents))
	}
	h.Stop()
	h.Run("verify")
}

// verdictsHeard compares the verdicts in the records with how long the callers themselves heard ringing.
func verdictsHeard(t *testing.T, h *house.House, heard map[string]time.Duration) {
	t.Helper()
	seen := map[string]bool{}
	for next := ""; ; {
		var reply struct {
			Items []house.CallView `json:"items"`
			Next  string           `json:"next"`
		}
		h.Get("/api/v1/calls?limit=200&numbers=full&cursor="+next, &reply)
		for _, v := range reply.Items {
			rang, ours := heard[v.Number]
			if !ours {
				continue
			}
			seen[v.Number] = true
			waited := time.Duration(v.WaitedMS) * time.Millisecond
			if !v.Answered || v.Case == "" || v.End != "caller" || (waited-rang).Abs() > 300*time.Millisecond+raceSlack ||
				v.Rings != int(waited/house.Ring)+1 || v.Met != (waited < 3*house.Ring) {
				t.Errorf("the caller of %s heard %v of ringing; recorded is %+v", v.Call, rang, v)
			}
		}
		if next = reply.Next; next == "" || len(reply.Items) == 0 {
			break
		}
	}
	if len(seen) != len(heard) {
		t.Errorf("%d of %d calls are in the records", len(seen), len(heard))
	}
}

// storm is a flood of events that runs.
type storm struct {
	began   time.Time
	quit    chan struct{}
	posters sync.WaitGroup
	sent    atomic.Int64 // Asterisk took them
	failed  atomic.Int64 // it did not, or did not answer
}

// startFlood makes Asterisk send user events of about size bytes (less than 4 kB) to the hotline's application, about as many a second as
// asked for. They come on the same connection, and are read and worked off in the same order, as what happens to calls.
func startFlood(t *testing.T, a *pbxtest.Asterisk, perSecond, size int) *storm {
	t.Helper()
	const posters = 4
	s := &storm{began: time.Now(), quit: make(chan struct{})}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: posters}, Timeout: 10 * time.Second}
	body := fmt.Sprintf(`{"variables":{"FILL":%q}}`, strings.Repeat("x", size))
	for range posters {
		s.posters.Go(func() {
			tick := time.NewTicker(time.Second * posters / time.Duration(perSecond))
			defer tick.Stop()
			for {
				select {
				case <-s.quit:
					return
				case <-tick.C:
				}
				if postEvent(client, a, body) == http.StatusNoContent {
					s.sent.Add(1)
				} else {
					s.failed.Add(1)
				}
			}
		})
	}
	t.Cleanup(func() {
		sent, took := s.stop()
		client.CloseIdleConnections()
		t.Logf("the flood: %d events taken, %d not, in %v", sent, s.failed.Load(), took.Round(time.Second))
	})
	return s
}

func postEvent(client *http.Client, a *pbxtest.Asterisk, body string) (status int) {
	req, err := http.NewRequest(http.MethodPost, a.ARIURL+"/events/user/flood?application=hotline", strings.NewReader(body))
	if err != nil {
		return 0
	}
	req.SetBasicAuth(a.ARIUser, a.ARIPassword)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body) // so that the connection is used again
	return resp.StatusCode
}

// stop ends it; said again it does nothing.
func (s *storm) stop() (sent int64, took time.Duration) {
	select {
	case <-s.quit:
	default:
		close(s.quit)
	}
	s.posters.Wait()
	return s.sent.Load(), time.Since(s.began)
}

// counted is the sum of a metric of the hotline.
func counted(t *testing.T, h *house.House, name string) (sum float64) {
	t.Helper()
	for _, m := range metricsOf(t, h)[name].GetMetric() {
		sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
	}
	return sum
}

// eventsHeard is how many user events the hotline has worked off.
func eventsHeard(t *testing.T, h *house.House) float64 {
	t.Helper()
	for _, m := range metricsOf(t, h)["hotline_ari_events_total"].GetMetric() {
		for _, l := range m.GetLabel() {
			if l.GetName() == "type" && l.GetValue() == "ChannelUserevent" {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}

var peakPattern = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak is the most memory that the hotline's process has had so far, in bytes.
func peak(t *testing.T, h *house.House) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.PID()))
	if err != nil {
		t.Fatal(err)
	}
	found := peakPattern.FindSubmatch(status)
	if found == nil {
		t.Fatalf("no peak of memory in %s", status)
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}
