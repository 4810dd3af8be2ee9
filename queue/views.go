package queue

import (
	"cmp"
	"slices"
	"time"
)

// CallView is a call as shown. It is a snapshot: nobody changes it any more.
type CallView struct {
	ID       string      `json:"id"`
	Switch   string      `json:"switch"`
	Queue    string      `json:"queue"`
	DID      string      `json:"did"`
	Number   string      `json:"number"` // as the agent's phone shows it
	Caller   string      `json:"caller"` // the same in E.164, "" when it is no telephone number
	Name     string      `json:"name"`
	State    string      `json:"state"` // arriving, waiting, announcing, machine, connecting, talking, handing, swapping, ending, ended
	Held     bool        `json:"held"`
	Arrived  time.Time   `json:"arrived"`
	Ring1    time.Time   `json:"ring1"`
	By       time.Time   `json:"by"`       // end of the ring budget
	CycleMS  int64       `json:"cycle_ms"` // length of one ring
	Ringing  []string    `json:"ringing"`  // agents whose phones ring for it now
	Agent    string      `json:"agent,omitempty"`
	Since    time.Time   `json:"since,omitzero"` // Agent talks since
	HandTo   string      `json:"hand_to,omitempty"`
	Expert   string      `json:"expert,omitempty"`   // asked in; rings or is in the talk
	KeptFor  string      `json:"kept_for,omitempty"` // the talk broke off; waits for this agent
	Monitor  *Monitoring `json:"monitor,omitempty"`  // who listens
	Case     string      `json:"case,omitempty"`
	Owner    string      `json:"owner,omitempty"`
	Verdict  *Verdict    `json:"verdict,omitempty"`
	Reopened bool        `json:"reopened,omitempty"`

	shadow string // the hand-over's id on the board
}

// publish makes the call's present state visible. Only the call's goroutine calls it.
func (c *liveCall) publish() {
	v := &CallView{
		ID: c.ID, Switch: c.Switch, Queue: c.queue, DID: c.DID, Number: c.Shown, Caller: c.Number, Name: c.Name, State: string(c.state), Held: c.held,
		Arrived: c.Arrived, Ring1: c.Ring1, By: c.Ring1.Add(c.rule.Budget()), CycleMS: c.rule.Cycle().Milliseconds(),
		Verdict: c.verdict, Reopened: c.reopened,
	}
	for _, leg := range c.legs {
		if leg.offered && leg != c.winner {
			v.Ringing = append(v.Ringing, leg.agent)
		}
	}
	slices.Sort(v.Ringing)
	if c.winner != nil {
		v.Agent, v.Since = c.winner.agent, c.talkSince
	}
	if c.hand != nil {
		v.HandTo, v.shadow = c.hand.to.String(), c.hand.shadow
	}
	v.KeptFor = c.keep
	if c.expert != nil {
		v.Expert = c.expert.leg.agent
	}
	if g := c.monitor; g != nil {
		v.Monitor = &Monitoring{By: g.leg.agent, Mode: g.mode, Since: g.since}
	}
	if c.owned != nil {
		v.Case, v.Owner = c.owned.Case, c.owned.Owner
	}
	c.view.Store(v)
}

// Calls lists the calls that this node drives, the longest waiting first.
func (d *Distributor) Calls() []CallView {
	d.mu.Lock()
	views := make([]CallView, 0, len(d.calls))
	for _, c := range d.calls {
		views = append(views, *c.view.Load())
	}
	d.mu.Unlock()
	slices.SortFunc(views, func(a, b CallView) int { return cmp.Or(a.Ring1.Compare(b.Ring1), cmp.Compare(a.ID, b.ID)) })
	return views
}

// Call gives one call that this node drives.
func (d *Distributor) Call(id string) (CallView, bool) {
	d.mu.Lock()
	c := d.calls[id]
	d.mu.Unlock()
	if c == nil {
		return CallView{}, false
	}
	return *c.view.Load(), true
}

// Idle says that a deadline cannot matter now: the answer or the end of its call has disarmed it on the board, or this node
// does not drive the call (yet; then the sweep finds it again). One that belongs to a hand-over may always matter.
func (d *Distributor) Idle(x Deadline) bool {
	if baseCall(x.Call) != x.Call {
		return false
	}
	d.mu.Lock()
	c := d.calls[x.Call]
	d.mu.Unlock()
	if c == nil {
		return true
	}
	switch callState(c.view.Load().State) {
	case stateTalking, stateHanding, stateSwapping, stateEnding, stateEnded:
		return true
	default:
		return false
	}
}

// QueueView is a queue as shown: its live numbers.
type QueueView = QueueNumbers

// Queues lists all queues with their live numbers, in the order of the configuration.
func (d *Distributor) Queues() []QueueView { return d.numbers.Queues(d.cfg.Now()) }

// Agents lists all agents with their live numbers, by login.
func (d *Distributor) Agents() []AgentNumbers { return d.numbers.Agents(d.cfg.Now()) }

// Floor gives what a wallboard starts from, as it stands between two events. mark, unless nil, is called at that instant and must
// not block: its caller notes which event was the last one written.
func (d *Distributor) Floor(mark func()) Floor {
	d.telling.Lock()
	defer d.telling.Unlock()
	if mark != nil {
		mark()
	}
	return d.numbers.Floor(d.cfg.Now())
}

// Stats are the distributor's own numbers, for metrics.
type Stats struct {
	Calls      int   // calls driven by this node
	Backlog    int64 // inputs that wait in inboxes
	Unexpected int64 // inputs that moved nothing, since the start
	Trouble    int64 // steps that the board did not do at once, since the start
}

// Stats gives the distributor's own numbers.
func (d *Distributor) Stats() Stats {
	d.mu.Lock()
	n := len(d.calls)
	d.mu.Unlock()
	return Stats{Calls: n, Backlog: d.backlog.Load(), Unexpected: d.unexpected.Load(), Trouble: d.trouble.Load()}
}
