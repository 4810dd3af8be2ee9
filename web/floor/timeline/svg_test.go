package timeline

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"flag"

	"hotline/queue"
	"hotline/records"
)

var update = flag.Bool("update", false, "write the structures of the pictures anew")

// plain says keys and arguments, so that a picture's structure does not hang on its wording.
type plain struct{}

func (plain) Say(key string, args ...any) string {
	return strings.TrimSpace(key + " " + strings.Trim(fmt.Sprintln(args...), "\n"))
}
func (plain) Name(login string) string { return login }

// ring1 of every call in these tests.
var began = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// told is one event of a call.
type told struct {
	after time.Duration
	kind  string
	agent string
	data  map[string]string
	v     *queue.Verdict
}

func journalOf(events []told) []records.JournalEntry {
	var out []records.JournalEntry
	for i, e := range events {
		data, err := json.Marshal(queue.Event{Kind: e.kind, At: began.Add(e.after), Call: "c", Queue: "service", Agent: e.agent, Data: e.data, Verdict: e.v})
		if err != nil {
			panic(err)
		}
		out = append(out, records.JournalEntry{Call: "c", Seq: int64(i + 1), At: began.Add(e.after), Kind: e.kind, Agent: e.agent, Data: data})
	}
	return out
}

func verdict(answered bool, waited time.Duration) *queue.Verdict {
	rule := queue.RingRule{Version: "three-rings/1", On: time.Second, Off: 4 * time.Second, Rings: 3}
	v := rule.Abandoned(waited)
	if answered {
		v = rule.Answered(waited)
	}
	return &v
}

const s = time.Second

// stories are calls that pictures are drawn of.
func stories() map[string][]told {
	because := func(reason string) map[string]string { return map[string]string{"reason": reason, "to": "cid"} }
	arrival := []told{{0, queue.EventArrived, "", nil, nil}, {0, queue.EventQueued, "", nil, nil}, {0, queue.EventOffered, "ann", nil, nil}}
	with := func(more ...told) []told { return append(slices.Clone(arrival), more...) }
	return map[string][]told{
		"met": with(told{4 * s, queue.EventAnswered, "ann", nil, verdict(true, 4*s)}, told{9 * s, queue.EventEnded, "", map[string]string{"end": "caller"}, nil}),
		"late, long": with(told{5 * s, queue.EventMissed, "ann", nil, nil}, told{5 * s, queue.EventOffered, "bob", nil, nil}, told{17 * s, queue.EventAnswered, "bob", nil, verdict(true, 17*s)},
			told{600 * s, queue.EventEnded, "", map[string]string{"end": "agent"}, nil}),
		"abandoned": with(told{11 * s, queue.EventAbandoned, "", nil, verdict(false, 11*s)}, told{11 * s, queue.EventEnded, "", map[string]string{"end": "abandoned"}, nil}),
		"everything": with(
			told{2 * s, queue.EventDeclined, "ann", because("in a meeting"), nil}, told{2 * s, queue.EventOffered, "bob", nil, nil}, told{5 * s, queue.EventWidened, "", nil, nil},
			told{5 * s, queue.EventOffered, "cid", nil, nil}, told{6 * s, queue.EventUnreached, "cid", map[string]string{"outcome": "busy"}, nil},
			told{5 * s, queue.EventOffered, "dan", nil, nil}, told{8 * s, queue.EventLost, "dan", map[string]string{"winner": "bob"}, nil},
			told{8 * s, queue.EventAnswered, "bob", nil, verdict(true, 8*s)}, told{8 * s, queue.EventOwned, "bob", map[string]string{"case": "C-1"}, nil},
			told{10 * s, queue.EventHeld, "bob", nil, nil}, told{14 * s, queue.EventResumed, "bob", nil, nil}, told{15 * s, queue.EventHandOver, "bob", because(""), nil},
			told{15 * s, queue.EventOffered, "cid", map[string]string{"why": "handover"}, nil}, told{18 * s, queue.EventHandTaken, "cid", nil, nil},
			told{19 * s, "expert", "eve", map[string]string{"state": "asked"}, nil}, told{20 * s, "expert", "eve", map[string]string{"state": "in"}, nil},
			told{22 * s, "expert", "eve", map[string]string{"state": "left"}, nil}, told{25 * s, queue.EventReopened, "cid", nil, nil}, told{25 * s, queue.EventQueued, "", nil, nil},
			told{27 * s, queue.EventOffered, "ann", nil, nil}, told{28 * s, queue.EventAnswered, "ann", nil, nil},
			told{30 * s, queue.EventEnded, "", map[string]string{"end": "caller"}, nil}),
		"up":      with(),
		"adopted": {{0, queue.EventAdopted, "ann", map[string]string{"state": "talking", "ring1": began.Add(-3 * s).Format(time.RFC3339Nano)}, verdict(true, 2*s)}},
		"nothing": {},
	}
}

// structure lists the elements of a picture with what they are, not where: one line each.
func structure(t *testing.T, svg string) string {
	t.Helper()
	var b strings.Builder
	d := xml.NewDecoder(strings.NewReader(svg))
	depth := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatalf("the picture is no XML: %v\n%s", err, svg)
		}
		switch e := token.(type) {
		case xml.StartElement:
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "style" || a.Name.Local == "href" {
					t.Errorf("the policy forbids %s on %s", a.Name.Local, e.Name.Local)
				}
				if a.Name.Local == "class" || a.Name.Local == "data-from" || a.Name.Local == "data-to" || a.Name.Local == "fill" {
					fmt.Fprintf(&b, "%s%s %s=%s\n", strings.Repeat(" ", depth), e.Name.Local, a.Name.Local, a.Value)
				}
			}
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			if text := strings.TrimSpace(string(e)); text != "" {
				fmt.Fprintf(&b, "%s“%s”\n", strings.Repeat(" ", depth), text)
			}
		}
	}
}

func TestPicturesHaveTheirStructure(t *testing.T) {
	var all strings.Builder
	for _, name := range sortedKeys(stories()) {
		story := Read(journalOf(stories()[name]), Rule{5 * s, 3}, began.Add(7*s))
		fmt.Fprintf(&all, "== %s\n%s", name, structure(t, SVG(story, plain{}, "p")))
	}
	const file = "testdata/pictures.txt"
	if *update {
		if err := os.WriteFile(file, []byte(all.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if all.String() != string(want) {
		got := strings.Split(all.String(), "\n")
		for i, line := range strings.Split(string(want), "\n") {
			if i >= len(got) || got[i] != line {
				t.Fatalf("line %d of %s: want %q, got %q; -update writes it anew", i+1, file, line, got[min(i, len(got)-1)])
			}
		}
		t.Fatalf("%s is shorter than the pictures; -update writes it anew", file)
	}
}

func sortedKeys(m map[string][]told) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Whatever the journal says, bars lie inside the picture, in order, and every word is text.
func TestPicturesStayInTheirFrame(t *testing.T) {
	evil := `"><script>alert(1)</script>`
	for name, events := range stories() {
		for i := range events {
			events[i].agent = strings.ReplaceAll(events[i].agent, "ann", evil)
		}
		for n := range len(events) + 1 { // cut off after every event
			story := Read(journalOf(events[:n]), Rule{5 * s, 3}, began.Add(time.Hour))
			for _, b := range story.Bars {
				if b.To.Before(b.From) || b.From.Before(story.From) || b.To.After(story.To) || b.Lane >= len(story.Lanes) {
					t.Errorf("%s, %d events: bar %+v outside of %v–%v", name, n, b, story.From, story.To)
				}
			}
			svg := SVG(story, plain{}, "p")
			if strings.Contains(svg, "<script") {
				t.Fatalf("%s: %s", name, svg)
			}
			structure(t, svg)
			c := newScale(story, 0, 1000)
			last := -1.0
			for at := story.From; !at.After(story.To); at = at.Add(max(story.To.Sub(story.From)/50, time.Millisecond)) {
				x := c.x(at)
				if x < last || x < 0 || x > 1000.001 {
					t.Fatalf("%s: x(%v) = %v after %v", name, at, x, last)
				}
				last = x
			}
		}
	}
}

func TestRulesAreReadBack(t *testing.T) {
	for _, rule := range []queue.RingRule{
		{Version: "three-rings/1", On: time.Second, Off: 4 * time.Second, Rings: 3}, {Version: "three-rings/1", On: 400 * time.Millisecond, Off: 600 * time.Millisecond, Rings: 5},
	} {
		got, ok := ParseRule(rule.String())
		if !ok || got.Cycle != rule.Cycle() || got.Rings != rule.Rings {
			t.Errorf("%s is read as %+v", rule, got)
		}
	}
	for _, text := range []string{"", "x", "a b c", "r 1s x3", "r 1s+ x3", "r 1s+4s x0", "r 1s+4s xx", "r -1s+1s x3"} {
		if got, ok := ParseRule(text); ok || got.Rings != 3 || got.Cycle != 5*s {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}
