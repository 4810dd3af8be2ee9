package procedure

import "slices"

// Verdict says how a quality rule stands.
type Verdict string

// The verdicts.
const (
	Pending Verdict = "pending" // the order still runs
	Proven  Verdict = "proven"
	Excused Verdict = "waived"  // waived or overridden, with a reason that is kept
	Missing Verdict = "missing" // the order ended without the proof
)

// ClockVerdict says how a clock stands: Pending while it runs in time, Proven when it was stopped in time, Missing when it
// is past its time.
type ClockVerdict func(clock string) Verdict

// Judge gives the verdict of a rule: the worst of its proofs. ended makes what is still pending missing.
func (p Progress) Judge(r Rule, clocks ClockVerdict) Verdict {
	worst := Proven
	for _, proof := range r.Proof {
		v := p.proof(proof, clocks)
		if v == Pending && p.State.Ended() {
			v = Missing
		}
		if weight(v) > weight(worst) {
			worst = v
		}
	}
	return worst
}

func weight(v Verdict) int {
	return slices.Index([]Verdict{Proven, Excused, Pending, Missing}, v)
}

func (p Progress) proof(proof Proof, clocks ClockVerdict) Verdict {
	switch {
	case proof.Step != "":
		return p.stepVerdict(proof.Step)
	case proof.Evidence != "":
		return p.evidenceVerdict(proof.Evidence)
	case proof.Deliverable != "":
		d, _ := p.Def.Deliverable(proof.Deliverable)
		v := p.evidenceVerdict(d.Evidence)
		if d.Confirmed != "" {
			if c := p.evidenceVerdict(d.Confirmed); weight(c) > weight(v) {
				v = c
			}
		}
		return v
	case proof.Clock != "" && clocks != nil:
		return clocks(proof.Clock)
	}
	return Pending
}

func (p Progress) stepVerdict(code string) Verdict {
	s, ok := p.Settled[code]
	switch {
	case !ok:
		return Pending
	case s.first() == Completed:
		return Proven
	}
	return Excused
}

// evidenceVerdict: evidence counts as soon as it is there; a step that was settled without it excuses it.
func (p Progress) evidenceVerdict(r Ref) Verdict {
	step, need, ok := p.Def.Need(r)
	if !ok {
		return Missing
	}
	waived, proving, people := false, 0, map[string]bool{}
	for _, x := range need.standing(step.Code, p.Pieces) {
		if x.Kind == Waiver {
			waived = true
		} else {
			proving++
			people[x.Actor] = true
		}
	}
	if need.Distinct {
		proving = len(people)
	}
	s, settled := p.Settled[step.Code]
	switch {
	case proving >= need.Min:
		return Proven
	case waived && need.OrWaiver:
		return Excused
	case !settled:
		return Pending
	case s.first() == Completed: // the need is optional and was not given
		return Missing
	}
	return Excused
}

// Delivered tells how a deliverable stands.
func (p Progress) Delivered(d Deliverable) Verdict {
	return p.Judge(Rule{Proof: []Proof{{Deliverable: d.Code}}}, nil)
}
