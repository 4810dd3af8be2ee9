package procedure

import (
	"maps"
	"slices"
	"time"
)

// Outcome is how a step was settled.
type Outcome string

// The outcomes of a step.
const (
	Completed  Outcome = "done"
	Waived     Outcome = "waived"
	Overridden Outcome = "overridden"
	Carried    Outcome = "carried" // settled in an order before this one
)

// StepState is where a step stands: locked, ready, or its outcome.
type StepState string

// The states of a step that is not settled.
const (
	Locked StepState = "locked" // a predecessor is not settled
	Ready  StepState = "ready"
)

// Settled says how a step was settled. It never changes.
type Settled struct {
	Step    string    `json:"step"`
	Outcome Outcome   `json:"outcome"`
	Was     Outcome   `json:"was,omitempty"` // of a carried step: how it was settled first
	By      string    `json:"by"`
	Role    string    `json:"role,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	Order   string    `json:"order,omitempty"` // of a carried step: where
	At      time.Time `json:"at"`
}

// first is how the step was settled in the beginning, in this order or an earlier one.
func (s Settled) first() Outcome {
	if s.Outcome == Carried {
		return s.Was
	}
	return s.Outcome
}

// The parts that people play in a procedure. Steps name them under "by" and "waive".
const (
	Engineer   = "engineer"
	Manager    = "manager"
	Dispatcher = "dispatcher"
	Agent      = "agent"
	Customer   = "customer"
	System     = "system" // this server: what it measures may be added to any step, but it settles none
)

// Input is one action with what it carries.
type Input struct {
	Do     Action
	Step   string   // of evidence, complete, waive, override
	Parts  []string // the parts of who does it
	Reason string
	Piece  Piece // of evidence
}

// Progress is one order as far as its procedure is concerned. Copies are independent: Apply changes none.
type Progress struct {
	Def     Definition
	State   State
	Settled map[string]Settled
	Pieces  []Piece // of this order, and of earlier ones for carried steps
}

// Begin is the progress of a new order. carried are the steps that earlier orders settled.
func Begin(d Definition, carried ...Settled) Progress {
	p := Progress{Def: d, State: Open, Settled: map[string]Settled{}}
	for _, s := range carried {
		if step, ok := d.Step(s.Step); ok && !step.EachVisit {
			s.Was, s.Outcome = s.first(), Carried
			p.Settled[s.Step] = s
		}
	}
	return p
}

// StepState tells where a step stands.
func (p Progress) StepState(code string) StepState {
	if s, ok := p.Settled[code]; ok {
		return StepState(s.Outcome)
	}
	if len(p.Before(code)) > 0 {
		return Locked
	}
	return Ready
}

// Before gives the predecessors of a step that are not settled yet. An optional one that is left out is stood for by what
// comes before it.
func (p Progress) Before(code string) []Step {
	var open []Step
	step, _ := p.Def.Step(code)
	for _, before := range step.After {
		s, ok := p.Def.Step(before)
		if _, settled := p.Settled[before]; settled || !ok {
			continue
		}
		if s.Optional {
			open = append(open, p.Before(before)...)
		} else {
			open = append(open, s)
		}
	}
	return open
}

// Missing gives everything that keeps a step from being completed; nothing when it can be.
func (p Progress) Missing(code string) []Lack {
	step, ok := p.Def.Step(code)
	at := lacks{step: code}
	if !ok {
		at.add("no_step", "流程中没有这一步", "the procedure has no such step")
		return at.list
	}
	if _, settled := p.Settled[code]; settled {
		at.add("settled", "这一步已经结束", "the step is settled already")
		return at.list
	}
	at.list = p.predecessors(code)
	for _, n := range step.Needs {
		if n.Optional {
			continue
		}
		if have := p.Count(code, n); have < n.Min {
			at.need = n.Code
			at.add("evidence_missing", "缺少“"+n.Name.ZH+"”（"+n.wanted().ZH+"）", n.Name.EN+" is missing ("+n.wanted().EN+")")
		}
	}
	return at.list
}

// wanted says what kind of evidence by which channel is wanted.
func (n Need) wanted() Text {
	t := n.Kind.Name()
	if len(n.Via) > 0 {
		via := ViaNames(n.Via)
		t = Text{t.ZH + "：" + via.ZH, t.EN + ": " + via.EN}
	}
	if n.OrWaiver {
		t = Text{t.ZH + "，或客户放弃声明", t.EN + ", or the customer's waiver"}
	}
	return t
}

func (p Progress) predecessors(code string) []Lack {
	var at lacks
	for _, s := range p.Before(code) {
		at.step = s.Code
		at.add("predecessor", "先完成“"+s.Name.ZH+"”", s.Name.EN+" comes first")
	}
	return at.list
}

// Count tells how many pieces meet a need, or how many people brought some where each is to be of somebody else. A waiver meets it whole.
func (p Progress) Count(step string, n Need) int {
	standing := n.standing(step, p.Pieces)
	if slices.ContainsFunc(standing, func(x Piece) bool { return x.Kind == Waiver }) {
		return max(len(standing)-1, n.Min)
	}
	if !n.Distinct {
		return len(standing)
	}
	people := map[string]bool{}
	for _, x := range standing {
		people[x.Actor] = true
	}
	return len(people)
}

// Unfinished gives everything that keeps the order from being finished.
func (p Progress) Unfinished() []Lack {
	var at lacks
	for _, s := range p.Def.Steps {
		if _, ok := p.Settled[s.Code]; !ok && !s.Optional {
			at.step = s.Code
			at.add("step_open", "“"+s.Name.ZH+"”未完成", s.Name.EN+" is not settled")
		}
	}
	return at.list
}

// Apply does one input and gives the new progress with the effects to be done. With lacks, nothing happened.
func (p Progress) Apply(in Input, now time.Time) (Progress, []Effect, []Lack) {
	mv, ok := Table()[p.State][in.Do]
	if !ok {
		at := lacks{step: in.Step}
		at.add("state", "服务单当前状态（"+p.State.Name().ZH+"）不允许此操作", "not possible while the order is "+p.State.Name().EN)
		return p, nil, at.list
	}
	next := p
	next.State, next.Settled, next.Pieces = mv.Next, maps.Clone(p.Settled), slices.Clone(p.Pieces)
	if missing := next.do(in, now); len(missing) > 0 {
		return p, nil, missing
	}
	return next, mv.Do, nil
}

func (p *Progress) do(in Input, now time.Time) []Lack {
	at := lacks{step: in.Step}
	switch in.Do {
	case Add:
		return p.add(in)
	case Complete:
		if at.list = p.Missing(in.Step); len(at.list) > 0 {
			return at.list
		}
		return p.settle(in, Completed, now)
	case Waive, Pass:
		return p.letPass(in, now)
	case Finish:
		return p.Unfinished()
	case Pause, Unassign, Continue, Cancel:
		at.text(in.Reason, "reason", "原因", "the reason")
		if in.Do == Cancel && !slices.Contains(in.Parts, Manager) {
			at.add("manager_only", "只有客户服务经理可以取消服务单", "only a service manager may cancel an order")
		}
	case Assign, Plan, Resume:
	}
	return at.list
}

func (p *Progress) add(in Input) []Lack {
	at := lacks{step: in.Step, need: in.Piece.Need}
	step, ok := p.Def.Step(in.Step)
	if !ok {
		at.add("no_step", "流程中没有这一步", "the procedure has no such step")
		return at.list
	}
	if in.Piece.Kind == Override || in.Piece.Kind == Event {
		at.add("wrong_kind", "这类记录由系统写入", "this kind is written by the engine alone")
		return at.list
	}
	if in.Piece.Need == "" { // more than is asked for is welcome
		p.Pieces = append(p.Pieces, in.Piece)
		return nil
	}
	need, ok := step.Need(in.Piece.Need)
	if !ok {
		at.add("no_need", "这一步没有这一项证据", "the step has no such need")
		return at.list
	}
	if !need.Brings(in.Parts, in.Piece.Kind) {
		who := PartNames(need.By)
		at.add("not_yours", "“"+need.Name.ZH+"”由"+who.ZH+"提供", need.Name.EN+" is brought by the "+who.EN)
		return at.list
	}
	if missing := need.Check(in.Step, in.Piece); len(missing) > 0 {
		return missing
	}
	p.Pieces = append(p.Pieces, in.Piece)
	return nil
}

func (p *Progress) letPass(in Input, now time.Time) []Lack {
	at := lacks{step: in.Step}
	step, ok := p.Def.Step(in.Step)
	_, settled := p.Settled[in.Step]
	if !ok || settled {
		return p.Missing(in.Step)
	}
	at.list = p.predecessors(in.Step)
	at.text(in.Reason, "reason", "原因", "the reason")
	if in.Do == Pass {
		if !slices.Contains(in.Parts, Manager) {
			at.add("manager_only", "只有客户服务经理可以放行", "only a service manager may override")
		}
		if len(at.list) > 0 {
			return at.list
		}
		return p.settle(in, Overridden, now)
	}
	if !meet(step.Waive, in.Parts) {
		if len(step.Waive) == 0 {
			at.add("not_waivable", "这一步不能免做", "this step cannot be waived")
		} else {
			who := PartNames(step.Waive)
			at.add("not_yours", "只有"+who.ZH+"可以免做这一步", "only the "+who.EN+" may waive this step")
		}
	}
	if len(at.list) > 0 {
		return at.list
	}
	return p.settle(in, Waived, now)
}

func (p *Progress) settle(in Input, how Outcome, now time.Time) []Lack {
	step, _ := p.Def.Step(in.Step)
	if how == Completed && !meet(step.By, in.Parts) && !slices.Contains(in.Parts, Manager) {
		at, who := lacks{step: in.Step}, PartNames(step.By)
		at.add("not_yours", "这一步由"+who.ZH+"完成", "this step is done by the "+who.EN)
		return at.list
	}
	p.Settled[in.Step] = Settled{Step: in.Step, Outcome: how, Reason: in.Reason, At: now}
	return nil
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}
