package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // the test plays the clerk who corrects the book by hand
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// TestVerdictsAndNumbersAgree keeps I6 over a mixed run: answers in each ring, abandons in each ring, short ones apart, a
// machine that never counts, a miss. What /queues and /metrics tell is what the journal says when counted by somebody else,
// also after a restart; and no hand can correct a verdict.
func TestVerdictsAndNumbersAgree(t *testing.T) {
	h := openHouse(t, house.Options{
		Queue: "    wrapup_limit: 0s\n    no_agents: 30m\n    ring_no_answer: 30s\n    max_waiting: 1\n" +
			"    overflow: [{when: queue_full, do: callback, media: \"sound:vm-nobodyavail\"}]\n" + oneByOne,
	})
	an := h.Agent("an", pbxtest.Behaviour{})
	n := 0
	dial := func(did string) (caller *pbxtest.PhoneCall, call string) {
		t.Helper()
		n++
		from := fmt.Sprintf("1380013%04d", n)
		caller = h.Dial(from, did)
		return caller, h.LiveFrom("+86" + from).Call
	}
	ready := func() { h.Eventually("an is ready", func() bool { return h.Presence("an") == "ready" }) }
	wait := func(caller *pbxtest.PhoneCall, rings float64) {
		<-time.After(time.Until(caller.At(pbxtest.MarkRinging).Add(time.Duration(rings * float64(house.Ring)))))
	}
	// Answers shortly after the beginning and shortly before the end of rings; the fourth is too late.
	for _, at := range []float64{0.2, 1.1, 1.75, 2.1, 2.75, 3.1} {
		caller, call := dial(house.DIDMain)
		leg := h.Invite(an)
		wait(caller, at)
		h.Answer(caller, leg)
		v := h.Call(call)
		if want := int(at) + 1; v.Rings != want || v.Met != (want <= 3) || v.Agent != "an" || v.WaitedMS/1000+1 != int64(want) {
			t.Errorf("answered %.2f rings after ring 1: %+v", at, v)
		}
		h.Wait("hanging up", caller.HangUp)
		ready()
	}
	for _, at := range []float64{0.3, 1.2, 3.2} {
		caller, call := dial(house.DIDMain)
		h.Invite(an)
		wait(caller, at)
		h.Wait("giving up", caller.Cancel)
		h.Eventually("the call is recorded", func() bool { return h.Call(call).End == "abandoned" })
		v := h.Call(call)
		if want := int(at) + 1; v.EndRing != want || v.Short != (want == 1) || v.Answered || v.Met {
			t.Errorf("given up %.2f rings after ring 1: %+v", at, v)
		}
		ready()
	}
	// The other queue's callers come to main. While one talks and one waits, the third meets the machine.
	talking, _ := dial(house.DIDOther)
	h.Answer(talking, h.Invite(an))
	waiting, _ := dial(house.DIDMain)
	n++
	third := h.Dial(fmt.Sprintf("1380013%04d", n), house.DIDMain)
	h.Wait("the machine picks up", third.WaitAnswered)
	h.Ended("the machine ends the call", third)
	h.Wait("hanging up", talking.HangUp)
	leg := h.Invite(an)
	leg.Decline(603)
	leg = h.Invite(an)
	h.Answer(waiting, leg)
	h.Wait("hanging up", waiting.HangUp)
	ready()

	check := func(when string) {
		t.Helper()
		var queues map[string]map[string]int
		var told string
		h.Eventually("numbers and journal agree "+when, func() bool {
			queues = recount(h)
			told = disagree(t, h, queues)
			return told == ""
		})
		if q := queues["main"]; q["answered"] != 8 || q["met"] < 6 || q["abandoned"] != 3 || q["short"] != 1 || q["machine"] != 1 ||
			queues["other"]["flow_out"] != 1 {
			t.Errorf("%s the journal counts %v", when, queues)
		}
	}
	check("before the restart")
	h.Stop()
	correctByHand(t, filepath.Join(h.Dir, "data", "hotline.db"))
	h.Start()
	check("after the restart")
	h.Run("verify")
	h.Stop()
}

// recount counts the journals of all calls, by queue, without a look at how the product does it.
func recount(h *house.House) map[string]map[string]int {
	queues := map[string]map[string]int{}
	for _, c := range h.Calls() {
		_, events := h.Timeline(c.Call)
		for _, e := range events {
			if queues[e.Queue] == nil {
				queues[e.Queue] = map[string]int{}
			}
			q := queues[e.Queue]
			switch {
			case e.Kind == "queued":
				q["offered"]++
			case e.Kind == "answered" && e.Verdict != nil:
				q["answered"]++
				if e.Verdict.Met {
					q["met"]++
				}
			case e.Kind == "abandoned":
				q["abandoned"]++
				if e.Verdict.Short {
					q["short"]++
				}
			case e.Kind == "machine":
				q["machine"]++
			case e.Kind == "callback":
				q["callbacks"]++
			case e.Kind == "overflow" && e.Data["do"] == "queue":
				q["flow_out"]++
			}
		}
	}
	delete(queues, "")
	return queues
}

// disagree says where the API or the metrics tell something else than the journal counts, "" when nowhere.
func disagree(t *testing.T, h *house.House, queues map[string]map[string]int) string {
	t.Helper()
	var reply struct {
		Items []struct {
			Queue   string         `json:"queue"`
			Waiting int            `json:"waiting"`
			Talking int            `json:"talking"`
			Today   map[string]any `json:"today"`
			Last30  map[string]any `json:"last_30_min"`
		} `json:"items"`
	}
	h.Get("/api/v1/queues", &reply)
	families := metricsOf(t, h)
	var wrong []string
	for _, q := range reply.Items {
		counted := queues[q.Queue]
		if q.Waiting != 0 || q.Talking != 0 {
			wrong = append(wrong, fmt.Sprintf("%s: %d wait and %d talk", q.Queue, q.Waiting, q.Talking))
		}
		for _, kind := range []string{"offered", "answered", "met", "abandoned", "short", "machine", "callbacks", "flow_out"} {
			for window, told := range map[string]map[string]any{"today": q.Today, "30 min": q.Last30} {
				if got, _ := told[kind].(float64); int(got) != counted[kind] {
					wrong = append(wrong, fmt.Sprintf("%s %s %s: %v, journal %d", q.Queue, window, kind, told[kind], counted[kind]))
				}
			}
		}
		for metric, kind := range map[string]string{
			"hotline_queue_offered_today": "offered", "hotline_queue_answered_today": "answered",
			"hotline_queue_answered_within_three_rings_today": "met", "hotline_queue_short_abandoned_today": "short",
			"hotline_queue_machine_today": "machine", "hotline_queue_abandoned_today": "abandoned",
		} {
			sum := 0.0
			for _, m := range families[metric].GetMetric() {
				if slices.ContainsFunc(m.GetLabel(), func(l *dto.LabelPair) bool { return l.GetName() == "queue" && l.GetValue() == q.Queue }) {
					sum += m.GetGauge().GetValue()
				}
			}
			if int(sum) != counted[kind] {
				wrong = append(wrong, fmt.Sprintf("%s{%s}: %v, journal %d", metric, q.Queue, sum, counted[kind]))
			}
		}
	}
	slices.Sort(wrong)
	return strings.Join(wrong, "; ")
}

// metricsOf reads /metrics as Prometheus does.
func metricsOf(t *testing.T, h *house.House) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(h.Must("GET", "/metrics", "", nil)))
	if err != nil {
		t.Fatalf("metrics: %v", err)
	}
	for _, name := range []string{"go_goroutines", "hotline_queue_waiting", "hotline_agents", "hotline_pop_latency_seconds", "hotline_calls_driven"} {
		if families[name] == nil {
			t.Fatalf("metrics: no %s among %v", name, slices.Sorted(maps.Keys(families)))
		}
	}
	return families
}

// correctByHand tries to make the numbers nicer in the database itself.
func correctByHand(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		"UPDATE calls SET met = 1, rings = 3 WHERE rings = 4", "UPDATE calls SET answered = 1 WHERE end_code = 'abandoned'",
		"UPDATE calls SET waited_ms = 100 WHERE rule <> ''", "DELETE FROM calls", "UPDATE journal SET kind = 'answered'", "DELETE FROM journal",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("the records took %q", statement)
		}
	}
}
