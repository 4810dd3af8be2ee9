package queue

// trendSeconds is the length of one step of a queue's trend, trendSteps how many are kept: two hours and the step that still
// fills.
const (
	trendSeconds = 300
	trendSteps   = 25
)

// trend is what a queue did in the last two hours, in steps of five minutes. Like the windows it depends on the times of the
// events alone.
type trend struct {
	steps [trendSteps]struct {
		step   int64 // Unix time ÷ trendSeconds
		counts counts
	}
}

func (t *trend) note(step int64, count func(*counts)) {
	slot := &t.steps[step%trendSteps]
	if step > slot.step {
		slot.step, slot.counts = step, counts{}
	}
	if step == slot.step {
		count(&slot.counts)
	}
}
