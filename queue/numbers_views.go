package queue

import "time"

// Window is what happened to a queue's calls in one span of time. Shares are between 0 and 1, nil when there was nothing
// to share. A call counts as decided when a human answered, the caller gave up, a machine took it, or it was lost.
type Window struct {
	Offered   int `json:"offered"` // entered the queue
	Decided   int `json:"decided"`
	Answered  int `json:"answered"`
	Met       int `json:"met"` // answered within three rings
	Abandoned int `json:"abandoned"`
	Short     int `json:"short"` // of those, inside the first ring
	Machine   int `json:"machine"`
	Callbacks int `json:"callbacks"` // of those, call-back requests
	Lost      int `json:"lost"`      // ended for another reason before a human answered
	FlowOut   int `json:"flow_out"`  // moved to another queue

	AbandonedByRing [ringsCounted]int `json:"abandoned_by_ring"` // in ring 1, 2, …; the last counts all later ones

	ThreeRings        *float64 `json:"three_rings"`          // met ÷ decided: short abandons included (domain.md)
	ThreeRingsNoShort *float64 `json:"three_rings_no_short"` // the same without short abandons
	AppQueueSL        *float64 `json:"app_queue_sl"`         // Asterisk app_queue: met ÷ answered
	AppQueueSL2       *float64 `json:"app_queue_sl2"`        // Asterisk app_queue: (met + abandoned in time) ÷ (answered + abandoned)
	ConnectSL         *float64 `json:"connect_sl"`           // Amazon Connect "service level X": left the queue in time, by answer, abandon or call-back request
	GenesysSL         *float64 `json:"genesys_sl"`           // Genesys Cloud, flow-outs and short abandons left out: met ÷ (answered + abandoned − short)

	ASASeconds float64  `json:"asa_s"` // average speed of answer
	AHTSeconds float64  `json:"aht_s"` // average handling time: talk and wrap-up per answered call
	Occupancy  *float64 `json:"occupancy"`
}

// QueueNumbers are a queue's live numbers.
type QueueNumbers struct {
	Queue       string         `json:"queue"`
	Waiting     int            `json:"waiting"`
	Talking     int            `json:"talking"`
	LongestWait float64        `json:"longest_wait_s"`
	LongestRing int            `json:"longest_ring"` // ring that the longest waiting caller hears, 0 when nobody waits
	Agents      map[string]int `json:"agents"`       // agents who serve the queue, by state of presence
	Load        float64        `json:"load_erlang"`  // arrivals × handling time, of the last 30 minutes
	Staffed     int            `json:"staffed"`      // signed in and not paused, managers aside
	Needed      int            `json:"needed"`       // by Erlang C for the queue's target
	Missing     int            `json:"missing"`
	Today       Window         `json:"today"`
	Last30      Window         `json:"last_30_min"`
}

// AgentWindow is what an agent did in one span of time.
type AgentWindow struct {
	Offered       int      `json:"offered"`
	Answered      int      `json:"answered"`
	Missed        int      `json:"missed"`
	Declined      int      `json:"declined"`
	TalkSeconds   float64  `json:"talk_s"`
	WrapUpSeconds float64  `json:"wrapup_s"`
	StaffSeconds  float64  `json:"staffed_s"` // signed in and not paused
	Occupancy     *float64 `json:"occupancy"` // talk and wrap-up ÷ staffed
}

// AgentNumbers are an agent's live numbers.
type AgentNumbers struct {
	Login  string      `json:"login"`
	State  string      `json:"state"`
	Since  time.Time   `json:"since,omitzero"`
	Today  AgentWindow `json:"today"`
	Last30 AgentWindow `json:"last_30_min"`
}

func share(part, whole int) *float64 {
	if whole <= 0 {
		return nil
	}
	s := float64(part) / float64(whole)
	return &s
}

func shareOfTime(part, whole time.Duration) *float64 {
	if whole <= 0 {
		return nil
	}
	s := part.Seconds() / whole.Seconds()
	return &s
}

func (c *counts) decided() int { return c.answered + c.abandoned + c.machine + c.lost }

func (c *counts) window() Window {
	w := Window{
		Offered: c.offered, Decided: c.decided(), Answered: c.answered, Met: c.met, Abandoned: c.abandoned, Short: c.short,
		Machine: c.machine, Callbacks: c.callbacks, Lost: c.lost, FlowOut: c.flowOut, AbandonedByRing: c.byRing,

		ThreeRings:        share(c.met, c.decided()),
		ThreeRingsNoShort: share(c.met, c.decided()-c.short),
		AppQueueSL:        share(c.met, c.answered),
		AppQueueSL2:       share(c.met+c.abandonedInTime, c.answered+c.abandoned),
		ConnectSL:         share(c.met+c.abandonedInTime+c.callbackInTime, c.answered+c.abandoned+c.callbacks),
		GenesysSL:         share(c.met, c.answered+c.abandoned-c.short),
	}
	if c.answered > 0 {
		w.ASASeconds = c.waited.Seconds() / float64(c.answered)
	}
	if c.handled > 0 {
		w.AHTSeconds = (c.talked + c.wrapped).Seconds() / float64(c.handled)
	}
	return w
}

func (c *counts) agentWindow() AgentWindow {
	return AgentWindow{
		Offered: c.offered, Answered: c.answered, Missed: c.missed, Declined: c.declined, TalkSeconds: c.talked.Seconds(),
		WrapUpSeconds: c.wrapped.Seconds(), StaffSeconds: c.staffed.Seconds(), Occupancy: shareOfTime(c.busy, c.staffed),
	}
}
