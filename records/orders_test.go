package records_test

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/procedure"
)

// withProcedures opens a store with the procedures that ship, and a place for files.
func withProcedures(t testing.TB, c *clock) func(*records.Options) {
	t.Helper()
	all, files := shipped(t), t.TempDir()
	return func(o *records.Options) {
		o.Procedures, o.Files = all, files
		if c != nil {
			o.Now = c.now
		}
	}
}

// shipped are the procedures that ship.
func shipped(t testing.TB) []procedure.Definition {
	t.Helper()
	return get[[]procedure.Definition](t)(procedure.ParseAll(os.DirFS("../configs/procedures")))
}

// engineers adds gao and he, who carry out orders.
func engineers(t testing.TB, s *records.Store) {
	t.Helper()
	for login, name := range map[string]string{"gao": "高明", "he": "何平"} {
		get[records.User](t)(s.AddUser(t.Context(), records.NewUser{Login: login, Name: name, Roles: []string{records.RoleEngineer}}))
	}
}

func as(login string) records.Actor { return records.Actor{Login: login} }

// orderOf brings a call to an accepted escalation and its order, assigned to gao.
func orderOf(t testing.TB, s *records.Store, c *clock, call, kind string) records.Order {
	t.Helper()
	ctx := t.Context()
	answer(t, s, call, "li", "")
	done := get[records.WrapUpResult](t)(s.WrapUp(ctx, escalated(call, "li", kind, c.now())))
	e := get[records.Escalation](t)(s.AcceptEscalation(ctx, done.Escalation, "deng", 0))
	return get[records.Order](t)(s.OpenOrder(ctx, as("deng"), records.OpenOrder{Escalation: e.ID, Engineer: "gao"}))
}

// prove adds evidence for everything that a step needs, by the channel that fits.
func prove(t testing.TB, s *records.Store, order, step string) {
	t.Helper()
	ctx := t.Context()
	f := get[records.OrderFile](t)(s.Order(ctx, order))
	def, ok := f.Definition.Step(step)
	if !ok {
		t.Fatalf("no step %s", step)
	}
	for _, n := range def.Needs {
		if !n.Optional {
			in, by := sample(t, s, n)
			in.Order, in.Step, in.Need = order, step, n.Code
			get[records.Evidence](t)(s.AddEvidence(ctx, by, in))
		}
	}
}

// sample makes evidence that proves a need.
func sample(t testing.TB, s *records.Store, n procedure.Need) (records.EvidenceInput, records.Actor) {
	t.Helper()
	by, in := as("gao"), records.EvidenceInput{Kind: n.Kind}
	if slices.Contains(n.Via, procedure.ViaSystem) {
		by.Via = procedure.ViaSystem // measured by the server, for whom it is
	}
	body := map[string]any{}
	switch n.Kind {
	case procedure.Confirmation:
		by.Customer = "孙丽"
		by.Via = procedure.ViaSignature
		body = map[string]any{"who": "孙丽", "shown": strings.Repeat("a", 64)}
		in.File = get[records.File](t)(s.SaveFile(t.Context(), "gao", "signature.png", strings.NewReader("\x89PNG\r\n\x1a\nrest"))).ID
	case procedure.File, procedure.Document, procedure.Photo:
		in.File = get[records.File](t)(s.SaveFile(t.Context(), "gao", n.Code+".png", strings.NewReader("\x89PNG\r\n\x1a\n"+n.Code))).ID
	case procedure.Written:
		body["text"] = "已检查打印服务,重新安装驱动"
	default:
		for _, f := range n.Fields {
			switch f.Type {
			case procedure.TypeNumber:
				body[f.Code] = 1
			case procedure.TypeYes:
				body[f.Code] = true
			case procedure.TypeTime:
				body[f.Code] = "2026-11-23T09:00:00+08:00"
			case procedure.TypeChoice:
				body[f.Code] = f.Choices[0].Code
			default:
				body[f.Code] = "值"
			}
			if f.Must != "" && f.Type == procedure.TypeChoice {
				body[f.Code] = f.Must
			}
		}
	}
	in.Body = get[[]byte](t)(json.Marshal(body))
	return in, by
}

// testOrder walks a remote service from the escalation to its end, and tries every gate without its evidence.
func testOrder(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withProcedures(t, c))
	staff(t, s)
	engineers(t, s)
	var heard []string
	s.OnOrder(func(ch records.OrderChange) { heard = append(heard, ch.What) })
	o := orderOf(t, s, c, "c1", records.KindRemote)
	equal(t, "state", o.State, procedure.Assigned)
	equal(t, "once", get[records.Order](t)(s.OpenOrder(ctx, as("deng"), records.OpenOrder{Escalation: o.Escalation})).ID, o.ID)
	f := get[records.OrderFile](t)(s.Order(ctx, o.Number))
	for _, step := range f.Steps {
		_, err := s.CompleteStep(ctx, as("gao"), o.ID, step.Step.Code, 0)
		p := refusal(t, err, records.ErrIncomplete)
		if len(p.Lacks) == 0 || p.Lacks[0].What.ZH == "" || p.Lacks[0].What.EN == "" {
			t.Errorf("a refusal that does not say what is missing: %+v", p)
		}
		c.advance(time.Minute)
		prove(t, s, o.ID, step.Step.Code)
		o = get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, step.Step.Code, 0))
	}
	_, err := s.CompleteStep(ctx, as("gao"), o.ID, "report", 0)
	refused(t, err, records.ErrConflict)
	o = get[records.Order](t)(s.FinishOrder(ctx, as("gao"), o.ID, "驱动已重装", o.Version))
	equal(t, "state", o.State, procedure.Done)
	f = get[records.OrderFile](t)(s.Order(ctx, o.ID))
	for _, r := range f.Rules {
		equal(t, "rule "+r.Rule.Code, r.Verdict, procedure.Proven)
	}
	for _, d := range f.Deliverables {
		equal(t, "deliverable "+d.Deliverable.Code, d.Verdict, procedure.Proven)
	}
	equal(t, "clock", f.Clocks[0].State+string(f.Clocks[0].Verdict), "stopped"+"proven")
	equal(t, "escalation", get[records.Escalation](t)(s.Escalation(ctx, o.Escalation)).State, records.EscalationDone)
	equal(t, "case", get[records.Case](t)(s.Case(ctx, o.Case)).State, records.CaseOpen)
	equal(t, "heard", heard[0]+heard[len(heard)-1], "openeddone")
	if int64(len(f.Evidence)+len(f.Events)) != f.ChainLength {
		t.Errorf("%d + %d links, chain of %d", len(f.Evidence), len(f.Events), f.ChainLength)
	}
	_, err = s.AddEvidence(ctx, as("gao"), records.EvidenceInput{Order: o.ID, Step: "report", Kind: procedure.Written, Body: []byte(`{"text":"x"}`)})
	if !errors.Is(err, records.ErrConflict) {
		t.Errorf("evidence for an ended order: %v", err)
	}
}
