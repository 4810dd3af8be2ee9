package queue

import "slices"

// Tally is what happened in one span of time, in a queue or with an agent; zeros are left out. Durations are in microseconds.
type Tally struct {
	Offered         int   `json:"offered,omitempty"`
	Answered        int   `json:"answered,omitempty"`
	Met             int   `json:"met,omitempty"`
	Abandoned       int   `json:"abandoned,omitempty"`
	Short           int   `json:"short,omitempty"`
	AbandonedInTime int   `json:"abandoned_in_time,omitempty"`
	Callbacks       int   `json:"callbacks,omitempty"`
	CallbackInTime  int   `json:"callback_in_time,omitempty"`
	Machine         int   `json:"machine,omitempty"`
	Lost            int   `json:"lost,omitempty"`
	FlowOut         int   `json:"flow_out,omitempty"`
	Missed          int   `json:"missed,omitempty"`
	Declined        int   `json:"declined,omitempty"`
	ByRing          []int `json:"by_ring,omitempty"` // abandons in ring 1, 2, …; the last counts all later ones
	Handled         int   `json:"handled,omitempty"`
	WaitedUS        int64 `json:"waited_us,omitempty"`
	TalkedUS        int64 `json:"talked_us,omitempty"`
	WrappedUS       int64 `json:"wrapped_us,omitempty"`
	BusyUS          int64 `json:"busy_us,omitempty"`
	StaffedUS       int64 `json:"staffed_us,omitempty"`
}

func (c *counts) tally() Tally {
	t := Tally{
		Offered: c.offered, Answered: c.answered, Met: c.met, Abandoned: c.abandoned, Short: c.short, AbandonedInTime: c.abandonedInTime,
		Callbacks: c.callbacks, CallbackInTime: c.callbackInTime, Machine: c.machine, Lost: c.lost, FlowOut: c.flowOut,
		Missed: c.missed, Declined: c.declined, Handled: c.handled,
		WaitedUS: c.waited.Microseconds(), TalkedUS: c.talked.Microseconds(), WrappedUS: c.wrapped.Microseconds(),
		BusyUS: c.busy.Microseconds(), StaffedUS: c.staffed.Microseconds(),
	}
	if c.abandoned > 0 {
		t.ByRing = slices.Clone(c.byRing[:])
	}
	return t
}
