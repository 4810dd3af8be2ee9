package procedure_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/records/procedure"
)

var update = flag.Bool("update", false, "rewrite the diagram in docs/diagrams")

// TestDiagram keeps docs/diagrams equal to the table.
func TestDiagram(t *testing.T) {
	want := "# order\n\nMade from the table in package procedure by `go test ./records/procedure -run Diagram -update`.\n\n```mermaid\n" + procedure.Diagram() + "```\n"
	path := filepath.Join("..", "..", "docs", "diagrams", "order.md")
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s does not show the table; run with -update (%v)", path, err)
	}
}

func shipped(t testing.TB) []procedure.Definition {
	t.Helper()
	all, err := procedure.ParseAll(os.DirFS("../../configs/procedures"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(d procedure.Definition) bool { return d.Scope != procedure.ScopeOrder })
}

// proving makes a piece that proves a need.
func proving(step string, n procedure.Need) procedure.Piece {
	p := procedure.Piece{Step: step, Need: n.Code, Kind: n.Kind, Via: procedure.ViaDesk, File: "f", Media: "image/png"}
	body := map[string]any{"text": "x", "who": "w"}
	if len(n.Via) > 0 {
		p.Via = n.Via[0]
		body = map[string]any{"who": "w", "link": "l", "key": "1", "recording": "r", "shown": "s"}
	}
	for _, f := range n.Fields {
		switch {
		case f.Type == procedure.TypeYes:
			body[f.Code] = true
		case f.Must != "":
			body[f.Code] = f.Must
		case f.Type == procedure.TypeNumber && f.Max != nil:
			body[f.Code] = *f.Max
		case f.Type == procedure.TypeNumber && f.Min != nil:
			body[f.Code] = *f.Min
		case f.Type == procedure.TypeNumber:
			body[f.Code] = 1
		case f.Type == procedure.TypeTime:
			body[f.Code] = "2026-11-22T09:00:00Z"
		case f.Type == procedure.TypeChoice:
			body[f.Code] = f.Choices[0].Code
		default:
			body[f.Code] = "v"
		}
	}
	p.Body, _ = json.Marshal(body) // a map of plain values
	return p
}

// TestOrdersAtRandom walks orders of every procedure at random and keeps I7: no step before its predecessors, none without
// its evidence but by a waiver that the procedure allows or a manager's override with a reason; what is settled stays settled;
// no rule is proven without its proof.
func TestOrdersAtRandom(t *testing.T) {
	all := shipped(t)
	actions := []procedure.Action{
		procedure.Assign, procedure.Unassign, procedure.Plan, procedure.Add, procedure.Add, procedure.Add, procedure.Complete, procedure.Complete,
		procedure.Waive, procedure.Pass, procedure.Pause, procedure.Resume, procedure.Continue, procedure.Finish, procedure.Cancel, "nonsense",
	}
	finished := 0
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom(all).Draw(t, "procedure")
		p := procedure.Begin(d)
		now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
		eager := rapid.Bool().Draw(t, "eager") // walks towards the end, so that ends are reached
		for range rapid.IntRange(1, 120).Draw(t, "inputs") {
			in := procedure.Input{
				Do: rapid.SampledFrom(actions).Draw(t, "do"), Step: rapid.SampledFrom(d.Steps).Draw(t, "step").Code,
				Parts:  rapid.SliceOfNDistinct(rapid.SampledFrom([]string{procedure.Engineer, procedure.Manager, procedure.Dispatcher, procedure.Agent, procedure.Customer}), 1, 2, rapid.ID[string]).Draw(t, "parts"),
				Reason: rapid.SampledFrom([]string{"", "why"}).Draw(t, "reason"),
			}
			if eager {
				in = next(p)
			}
			if in.Do == procedure.Add && !eager {
				step, _ := d.Step(in.Step)
				if len(step.Needs) == 0 {
					continue
				}
				in.Piece = proving(in.Step, rapid.SampledFrom(step.Needs).Draw(t, "need"))
				if rapid.Bool().Draw(t, "spoilt") {
					in.Piece.Body, in.Piece.File = json.RawMessage(`{}`), ""
				}
			}
			before, had := p, len(p.Settled)
			got, effects, lacks := p.Apply(in, now)
			if len(before.Settled) != had || before.State != p.State {
				t.Fatal("Apply changed the progress that it was given")
			}
			_, foreseen := procedure.Table()[p.State][in.Do]
			if len(lacks) > 0 {
				if got.State != p.State || len(got.Settled) != len(p.Settled) || len(got.Pieces) != len(p.Pieces) || effects != nil {
					t.Fatalf("refused, and changed all the same: %v", in)
				}
				for _, l := range lacks {
					if l.Code == "" || l.What.ZH == "" || l.What.EN == "" {
						t.Fatalf("a lack that is not said in both languages: %+v", l)
					}
				}
				continue
			}
			if !foreseen {
				t.Fatalf("%s happened in the state %s", in.Do, p.State)
			}
			invariants(t, p, got, in)
			if p = got; p.State == procedure.Done {
				finished++
			}
		}
	})
	if finished == 0 {
		t.Error("no order was finished: the walk shows nothing")
	}
}

// next is what somebody does who works towards the end.
func next(p procedure.Progress) procedure.Input {
	for _, s := range p.Def.Steps {
		if p.StepState(s.Code) != procedure.Ready || s.Optional {
			continue
		}
		for _, n := range s.Needs {
			if p.Count(s.Code, n) < n.Min {
				piece := proving(s.Code, n)
				piece.Actor = string(rune('a' + p.Count(s.Code, n)))
				return procedure.Input{Do: procedure.Add, Step: s.Code, Parts: n.By, Piece: piece}
			}
		}
		return procedure.Input{Do: procedure.Complete, Step: s.Code, Parts: s.By}
	}
	return procedure.Input{Do: procedure.Finish}
}

func invariants(t *rapid.T, before, after procedure.Progress, in procedure.Input) {
	for code, s := range before.Settled {
		if after.Settled[code] != s {
			t.Fatalf("the step %s was settled and changed", code)
		}
	}
	for code, s := range after.Settled {
		if _, had := before.Settled[code]; had {
			continue
		}
		if len(before.Before(code)) > 0 {
			t.Fatalf("%s before its predecessors", code)
		}
		step, _ := after.Def.Step(code)
		switch s.Outcome {
		case procedure.Completed:
			if lacks := before.Missing(code); len(lacks) > 0 {
				t.Fatalf("%s without its evidence: %v", code, lacks)
			}
		case procedure.Waived:
			if s.Reason == "" || !slices.ContainsFunc(step.Waive, func(w string) bool { return slices.Contains(in.Parts, w) }) {
				t.Fatalf("%s waived without reason or right", code)
			}
		case procedure.Overridden:
			if s.Reason == "" || !slices.Contains(in.Parts, procedure.Manager) {
				t.Fatalf("%s overridden without a manager and a reason", code)
			}
		case procedure.Carried:
			t.Fatalf("%s carried into a running order", code)
		}
	}
	if after.State == procedure.Done {
		for _, s := range after.Def.Steps {
			if _, ok := after.Settled[s.Code]; !ok && !s.Optional {
				t.Fatalf("done without %s", s.Code)
			}
		}
	}
	inTime := func(string) procedure.Verdict { return procedure.Proven }
	for _, r := range after.Def.Rules {
		v := after.Judge(r, inTime)
		if v == procedure.Pending && after.State.Ended() {
			t.Fatalf("rule %s is pending after the end", r.Code)
		}
		for _, proof := range r.Proof {
			step, need, _ := after.Def.Need(proof.Evidence)
			if v == procedure.Proven && proof.Evidence != "" && after.Count(step.Code, need) < need.Min {
				t.Fatalf("rule %s is proven without %s", r.Code, proof.Evidence)
			}
		}
	}
}

// TestCarried: a follow-on order carries what was settled, not what each visit needs anew.
func TestCarried(t *testing.T) {
	for _, d := range shipped(t) {
		p := procedure.Begin(d)
		for p.State != procedure.Done {
			got, _, lacks := p.Apply(next(p), time.Unix(0, 0))
			if len(lacks) > 0 {
				t.Fatalf("%s: %v", d.Code, lacks)
			}
			p = got
		}
		var settled []procedure.Settled
		for _, s := range p.Settled {
			settled = append(settled, s)
		}
		again := procedure.Begin(d, settled...)
		for _, s := range d.Steps {
			x, carried := again.Settled[s.Code]
			if _, was := p.Settled[s.Code]; carried != (was && !s.EachVisit) || carried && (x.Outcome != procedure.Carried || x.Was != procedure.Completed) {
				t.Errorf("%s.%s: carried %v", d.Code, s.Code, carried)
			}
		}
	}
}

const good = `procedure: p
version: 1
name: {zh: 甲, en: A}
steps:
  - code: one
    name: {zh: 一, en: One}
    by: [engineer]
    needs:
      - {code: n, kind: text, name: {zh: 文, en: N}}
rules:
  - code: r
    name: {zh: 规, en: R}
    proof: [{evidence: one.n}]
`

// TestMistakes: every mistake is named with its line, what is wrong and how to mend it.
func TestMistakes(t *testing.T) {
	if _, err := procedure.Parse("p.yaml", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from, to, path, what string
		line                 int
	}{
		{"by: [engineer]", "by: [boss]", "steps[0].by[0]", "not known", 7},
		{"by: [engineer]", "whom: [engineer]", "steps[0].whom", "not a known key", 7},
		{"kind: text", "kind: song", "steps[0].needs[0].kind", "not known", 9},
		{"en: One}", "en: ''}", "steps[0].name", "English", 6},
		{"zh: 一, ", "", "steps[0].name", "Chinese", 6},
		{"one.n", "one.m", "rules[0].proof[0].evidence", "no evidence", 13},
		{"{evidence: one.n}", "{step: two}", "rules[0].proof[0].step", "no step", 13},
		{"{evidence: one.n}", "{step: one, clock: c}", "rules[0].proof[0]", "2 proofs", 13},
		{"version: 1", "version: 0", "version", "version", 2},
		{"code: one", "code: One", "steps[0].code", "cannot be a code", 5},
		{"by: [engineer]", "by: [engineer]\n    after: [two]", "steps[0].after", "not a step before", 8},
		{"by: [engineer]", "by: engineer", "steps[0].by", "single value", 7},
		{"by: [engineer]", "by: [engineer]\n    within: soon", "steps[0].within", "no length of time", 8},
		{"name: {zh: 甲, en: A}", "name: [x]", "name", "is a list", 3},
		{"proof: [{evidence: one.n}]", "proof: []", "rules[0].proof", "nothing proves", 13},
	} {
		_, err := procedure.Parse("p.yaml", []byte(strings.Replace(good, c.from, c.to, 1)))
		var ms procedure.Mistakes
		if !errors.As(err, &ms) {
			t.Errorf("%s → %s: %v", c.from, c.to, err)
			continue
		}
		m := ms[0]
		if m.Path != c.path || m.Line != c.line || !strings.Contains(m.What, c.what) || m.What == "" || m.Mend == "" {
			t.Errorf("%s → %s: %+v", c.from, c.to, m)
		}
	}
	_, err := procedure.Parse("p.yaml", []byte(strings.NewReplacer("engineer", "boss", "kind: text", "kind: song", "version: 1", "version: -1").Replace(good)))
	var ms procedure.Mistakes
	if !errors.As(err, &ms) || len(ms) != 3 {
		t.Errorf("three mistakes, told: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("procedure: [\n"))
	f.Add([]byte("{{{{"))
	f.Add([]byte("&a [*a]"))
	f.Fuzz(func(t *testing.T, source []byte) {
		d, err := procedure.Parse("f.yaml", source)
		if err != nil {
			var ms procedure.Mistakes
			if !errors.As(err, &ms) || len(ms) == 0 || ms[0].Line < 1 || ms[0].What == "" {
				t.Fatalf("a mistake without line or words: %v", err)
			}
			return
		}
		again, err := procedure.Parse("f.yaml", d.Source)
		if err != nil || again.Digest != d.Digest {
			t.Fatalf("read again: %v", err)
		}
		p := procedure.Begin(d)
		for _, s := range d.Steps {
			p.Missing(s.Code)
		}
	})
}

// TestNeedBy: what belongs to the customer or a manager is refused from anybody else, in every procedure that ships.
func TestNeedBy(t *testing.T) {
	all := []string{procedure.Engineer, procedure.Manager, procedure.Dispatcher, procedure.Agent, procedure.Customer}
	found := map[string]bool{}
	for _, d := range shipped(t) {
		for _, s := range d.Steps {
			for _, n := range s.Needs {
				if len(n.By) > 0 {
					found[d.Code+"."+s.Code+"."+n.Code] = true
				}
				for _, part := range all {
					p := procedure.Begin(d)
					p.State = procedure.Running
					next, _, lacks := p.Apply(procedure.Input{Do: procedure.Add, Step: s.Code, Parts: []string{part}, Piece: proving(s.Code, n)}, time.Time{})
					refused := slices.ContainsFunc(lacks, func(l procedure.Lack) bool { return l.Code == "not_yours" })
					if want := len(n.By) > 0 && !slices.Contains(n.By, part); refused != want || refused && len(next.Pieces) > 0 {
						t.Errorf("%s.%s.%s by %s: %+v", d.Code, s.Code, n.Code, part, lacks)
					}
				}
				p := procedure.Begin(d)
				p.State = procedure.Running
				if _, _, lacks := p.Apply(procedure.Input{Do: procedure.Add, Step: s.Code, Parts: []string{procedure.System}, Piece: proving(s.Code, n)}, time.Time{}); len(lacks) > 0 {
					t.Errorf("%s.%s.%s by this server: %+v", d.Code, s.Code, n.Code, lacks)
				}
			}
		}
	}
	for _, must := range []string{
		"onsite.identity.confirmed", "onsite.backup.permission", "onsite.proposal.consent", "onsite.solved.solved", "onsite.work_order.signed",
		"remote.solved.solved", "remote.report.confirmed", "consulting.it_solution.approved", "consulting.it_solution.delivered",
		"consulting.information_solution.approved", "consulting.information_solution.delivered", "development.need.confirmed",
		"development.solution.approved", "development.installation.accepted", "consultation.decision.decision", "followup.survey.true_record",
		"visit.survey.true_record",
	} {
		if !found[must] {
			t.Errorf("anybody may bring %s", must)
		}
	}
}

// TestDistinct: two opinions of one person are one.
func TestDistinct(t *testing.T) {
	for _, d := range shipped(t) {
		if d.Code != "consultation" {
			continue
		}
		p := procedure.Begin(d)
		p.State = procedure.Running
		_, n, _ := d.Need("opinions.opinion")
		for i, actor := range []string{"gao", "gao", "he"} {
			piece := proving("opinions", n)
			piece.Actor = actor
			var lacks []procedure.Lack
			if p, _, lacks = p.Apply(procedure.Input{Do: procedure.Add, Step: "opinions", Parts: n.By, Piece: piece}, time.Time{}); len(lacks) > 0 {
				t.Fatal(lacks)
			}
			if want := []int{1, 1, 2}[i]; p.Count("opinions", n) != want {
				t.Errorf("after %d: %d, want %d", i+1, p.Count("opinions", n), want)
			}
		}
	}
}
