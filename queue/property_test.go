package queue

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// act is one thing that happens in the call centre; who and what choose among those it can happen to.
type act struct {
	kind      string
	who, what int
	wait      time.Duration
	settle    bool // whether everything else finishes before the next act
}

func drawActs(rt *rapid.T) []act {
	kinds := []string{
		"arrive", "arrive", "arrive", "answer", "answer", "answer", "answer both", "decline", "desk decline", "unreachable",
		"busy", "no answer", "abandon", "hang up", "die", "gone", "ready", "ring error", "connect error", "hand over", "hand over",
		"take back", "hold", "supervisor ends", "move", "synced", "known caller", "stray", "crash", "receiver answers",
		"invite", "invite", "let expert go", "accept", "listen", "listen", "listen otherwise", "stop listening", "take over", "phone lost", "away",
	}
	return rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) act {
		return act{
			kind: rapid.SampledFrom(kinds).Draw(rt, "kind"), who: rapid.IntRange(0, 5).Draw(rt, "who"),
			what: rapid.IntRange(0, 5).Draw(rt, "what"), settle: rapid.Bool().Draw(rt, "settle"),
			wait: time.Duration(rapid.SampledFrom([]int{0, 0, 0, 100, 1000, 5000, 21000}).Draw(rt, "wait")) * time.Millisecond,
		}
	}), 25, 80).Draw(rt, "acts")
}

// Whatever happens in whatever order: each caller ends exactly once, nobody is in two calls, no call has two winners, every
// offer ends with one Withdraw or Talk, the verdict is written once, nobody who is ready is forgotten.
func TestWhateverHappens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		acts := drawActs(rt)
		var broken []string
		synctest.Test(t, func(t *testing.T) { broken = play(t, acts) })
		if len(broken) > 0 {
			rt.Fatalf("%s", strings.Join(broken, "\n"))
		}
	})
}

// certain is a board whose node may act before it is told.
type certain struct{ Board }

func (certain) Holds(time.Time) bool { return true }

var errNoChannel = errors.New("no channel")

// play runs the acts in a house and says what was broken.
func play(t *testing.T, acts []act) []string {
	cfg := testConfig()
	cfg.Queues[0].MaxWaiting = 4
	cfg.Queues[0].ReturnTime = 20 * time.Second
	cfg.Queues[0].MaxWait = 40 * time.Second
	cfg.Queues[0].Overflow = []Overflow{
		{When: WhenFull, Do: DoQueue, Queue: "billing"}, {When: WhenMaxWait, Do: DoQueue, Queue: "billing"},
	}
	h := newHouse(t, cfg, true)
	if len(acts)%2 == 0 { // half the worlds have a shared board, under a lease that lasts
		h.crash(nil)
		h.open(cfg, certain{h.board})
	}
	agents := []string{"ann", "bob", "cid", "dan", "eve", "boss"}
	h.staff(agents...)
	var calls []string
	for _, a := range acts {
		h.note("ACT %+v", a)
		h.act(a, agents, &calls)
		if a.settle {
			synctest.Wait()
			h.auditQuiet()
		}
		if a.wait > 0 {
			<-time.After(a.wait)
		}
	}
	synctest.Wait()
	h.mu.Lock()
	h.ringErr, h.connErr = map[string]error{}, map[string]error{}
	h.mu.Unlock()
	<-time.After(3 * time.Second)
	synctest.Wait()
	for _, call := range calls {
		h.abandon(call)
	}
	<-time.After(time.Minute)
	synctest.Wait()
	h.audit(calls)

	// Nobody is forgotten: everybody comes back from their pause, and a new caller who waits long enough rings them all.
	for _, a := range agents {
		h.mu.Lock()
		off := h.agents[a].state == "off"
		h.mu.Unlock()
		if off {
			h.answerable(a, true)
		}
	}
	last := h.ringIn()
	<-time.After(11 * time.Second)
	synctest.Wait()
	if got := h.ringing(); len(got) != len(agents) {
		h.mu.Lock()
		h.breach("only %v ring for a caller in the third ring", got)
		h.mu.Unlock()
	}
	h.abandon(last)
	synctest.Wait()
	h.stop()
	if err := <-h.done; err != nil {
		h.breach("Run: %v", err)
	}
	if len(h.breaches) > 0 {
		h.breaches = append(h.breaches, h.diary.String())
	}
	return h.breaches
}

func (h *house) act(a act, agents []string, calls *[]string) {
	who := agents[a.who]
	call := "none"
	if len(*calls) > 0 {
		call = (*calls)[a.what%len(*calls)]
	}
	h.mu.Lock()
	leg := h.phones[who]
	state := h.legState[leg]
	presence := h.agents[who].state
	h.mu.Unlock()
	switch a.kind {
	case "arrive":
		if len(*calls) < 12 {
			*calls = append(*calls, h.ringInQuick(fmt.Sprintf("+86138000000%02d", a.what)))
		}
	case "answer":
		h.pickUp(who)
	case "answer both":
		for i := range agents {
			h.pickUp(agents[(a.who+i)%len(agents)])
		}
	case "decline", "unreachable", "busy", "no answer":
		if state == "ringing" {
			h.stopLeg(who, map[string]string{
				"decline": legDeclined, "unreachable": legUnreachable, "busy": legBusy, "no answer": legNoAnswer,
			}[a.kind])
		}
	case "abandon":
		if call != "none" {
			h.abandon(call)
		}
	case "receiver answers":
		for _, v := range h.d.Calls() {
			if v.HandTo != "" && len(v.Ringing) > 0 {
				h.pickUp(v.Ringing[0])
			}
		}
	case "away":
		h.d.AgentAway(who, "paused")
	case "hang up":
		who, state = h.busy(a.who, who, state)
		if state == "connected" || state == "answered" {
			h.stopLeg(who, legHungUp)
		}
	case "die":
		who, state = h.busy(a.who, who, state)
		if state == "connected" || state == "answered" {
			h.stopLeg(who, legUnreachable)
		}
	case "gone":
		if presence == "ready" {
			h.pause(who)
		}
	case "ready":
		if presence == "off" {
			h.mu.Lock()
			h.agents[who].state = "ready"
			h.mu.Unlock()
			h.d.AgentReady(who, time.Now())
		}
	case "ring error", "connect error":
		h.mu.Lock()
		errs := h.ringErr
		if a.kind == "connect error" {
			errs = h.connErr
		}
		if errs[who] == nil {
			errs[who] = errNoChannel
		} else {
			delete(errs, who)
		}
		h.mu.Unlock()
	case "synced":
		h.mu.Lock()
		var live []string
		for id, c := range h.lines {
			if !c.ended {
				live = append(live, id)
			}
		}
		h.mu.Unlock()
		h.d.Synced("sw", live)
	case "crash":
		h.crash(h.noteUnheard)
		h.restart(h.cfg, h.serve)
	case "known caller":
		_ = h.board.Know(h.t.Context(), fmt.Sprintf("+86138000000%02d", a.what), Caller{Owners: []string{who}, Priority: a.what})
	case "stray":
		h.d.LegAnswered(call, fmt.Sprintf("leg~%s~%s~%d", call, who, 900+a.what), time.Now())
		h.d.LegEnded(call, "leg~none~ann~1", legFaultForTest, time.Now())
		h.d.Digit(call, "5")
		h.d.PlayEnded(call)
		h.d.Due(Deadline{Call: call, Kind: "step:1@support"})
	default:
		h.order(a, who, call)
	}
}

const legFaultForTest = "fault"

// order gives a command without waiting for its answer, as a desk does.
func (h *house) order(a act, who, call string) {
	ctx := h.t.Context()
	if a.kind != "desk decline" && a.kind != "move" {
		talker, _ := h.busy(a.what, who, "")
		h.mu.Lock()
		call = h.agents[talker].call
		h.mu.Unlock()
	}
	v, _ := h.d.Call(call)
	talker := v.Agent
	if a.who == 0 {
		talker = who // sometimes somebody who may not
	}
	listener := who
	if v.Monitor != nil {
		listener = v.Monitor.By
	}
	target := []Target{{Agent: who}, {Queue: "billing"}, {Manager: true}}[a.what%3]
	d := h.d
	go func() {
		switch a.kind {
		case "desk decline":
			_ = d.Decline(ctx, call, who, "busy", "")
		case "hand over":
			_ = d.HandOver(ctx, call, talker, target, "")
		case "take back":
			_ = d.TakeBack(ctx, call, talker)
		case "hold":
			_ = d.Hold(ctx, call, talker)
		case "supervisor ends":
			_ = d.HangUp(ctx, call, "boss")
		case "move":
			_ = d.MoveTo(ctx, call, []string{"billing", "support"}[a.what%2], "boss")
		case "invite":
			_ = d.Invite(ctx, call, talker, who, "")
		case "let expert go":
			_ = d.LetExpertGo(ctx, call, talker)
		case "accept":
			_ = d.Accept(ctx, call, v.Expert)
		case "listen":
			_ = d.Monitor(ctx, call, who, MonitorListen)
		case "listen otherwise":
			_ = d.SetMonitor(ctx, call, listener, []string{MonitorWhisper, MonitorBarge, MonitorListen}[a.what%3])
		case "stop listening":
			_ = d.StopMonitor(ctx, call, listener)
		case "take over":
			_ = d.TakeOver(ctx, call, who, "despair")
		case "phone lost":
			_ = d.PhoneLost(ctx, call, talker)
		}
	}()
}

// ringInQuick lets a caller dial without waiting for what comes of it.
func (h *house) ringInQuick(number string) string {
	h.mu.Lock()
	h.calls++
	id := fmt.Sprintf("sw-%d", h.calls)
	h.lines[id] = &fakeCall{ring1: time.Now()}
	h.mu.Unlock()
	h.d.Arrived(h.call(id, number))
	return id
}

// pickUp answers whatever rings at an agent.
func (h *house) pickUp(agent string) {
	h.mu.Lock()
	leg := h.phones[agent]
	rings := h.legState[leg] == "ringing"
	if rings {
		h.legState[leg] = "answered"
	}
	h.mu.Unlock()
	if rings {
		h.d.LegAnswered(callOfLeg(leg), leg, time.Now())
	}
}

func (h *house) pause(agent string) {
	h.mu.Lock()
	ready := h.agents[agent].state == "ready"
	if ready {
		h.agents[agent].state = "off"
	}
	h.mu.Unlock()
	if ready {
		h.d.AgentGone(agent)
	}
}

// noteUnheard keeps which callers came and went without a word in the journal, as it is when the process dies in the same instant.
func (h *house) noteUnheard() {
	h.mu.Lock()
	defer h.mu.Unlock()
	heard := map[string]bool{}
	for _, e := range h.events {
		heard[e.Call] = true
	}
	if h.unheard == nil {
		h.unheard = map[string]bool{}
	}
	for call, line := range h.lines {
		if line.ended && !heard[call] {
			h.unheard[call] = true
		}
	}
}

// audit checks the books after all callers have left.
func (h *house) audit(calls []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	ends, verdicts := map[string]int{}, map[string]int{}
	answered, byCaller := map[string]bool{}, map[string]bool{}
	for _, e := range h.events {
		switch e.Kind {
		case EventEnded:
			ends[e.Call]++
			byCaller[e.Call] = e.Data["end"] == endCaller
		case EventAnswered, EventAbandoned:
			if e.Verdict != nil {
				verdicts[e.Call]++
			}
			answered[e.Call] = answered[e.Call] || e.Kind == EventAnswered
		}
	}
	for _, call := range calls {
		if !h.lines[call].ended {
			h.breach("call %s never ended on the switch", call)
		}
		if ends[call] != 1 && !(h.unheard[call] && ends[call] == 0) {
			h.breach("call %s ended %d times", call, ends[call])
		}
		if verdicts[call] > 1 {
			h.breach("call %s has %d verdicts", call, verdicts[call])
		}
		if byCaller[call] && !answered[call] {
			h.breach("call %s counts as a talk that its caller ended, and nobody answered it", call)
		}
		if answered[call] && h.owners[call] == "" {
			h.breach("call %s was answered and has no owner", call)
		}
	}
	for login, a := range h.agents {
		if a.state == "offered" || a.state == "talking" || a.state == "beside" {
			h.breach("%s is still %s in %s", login, a.state, a.call)
		}
	}
	if left, err := h.board.Calls(h.t.Context(), "sw"); err != nil || len(left) != 0 {
		h.breach("the board still has %v (%v)", left, err)
	}
	if s := h.d.Stats(); s.Calls != 0 || s.Backlog != 0 {
		h.breach("stats %+v", s)
	}
}

// busy prefers somebody who is in a call.
func (h *house) busy(n int, who, state string) (agent, legState string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var talking []string
	for login, a := range h.agents {
		if a.state == "talking" || a.state == "beside" {
			talking = append(talking, login)
		}
	}
	if len(talking) == 0 {
		return who, state
	}
	slices.Sort(talking)
	agent = talking[n%len(talking)]
	return agent, h.legState[h.phones[agent]]
}

// auditQuiet checks, when everything has come to rest, that no phone rings for nothing.
func (h *house) auditQuiet() {
	views := map[string]CallView{}
	for _, v := range h.d.Calls() {
		views[v.ID] = v
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for leg, agent := range h.legAgent {
		v := views[callOfLeg(leg)]
		waits := v.State == "waiting" || v.Expert == agent || v.Monitor != nil && v.Monitor.By == agent || v.State == "handing" && v.HandTo != "" || v.State == "announcing"
		if h.legState[leg] == "ringing" && !waits {
			h.breach("%s rings for call %s, which is %q", agent, callOfLeg(leg), v.State)
		}
		if h.legState[leg] == "connected" && v.Agent != agent {
			h.breach("%s is connected in call %s, which thinks that %q talks (%s)", agent, callOfLeg(leg), v.Agent, v.State)
		}
	}
	for login, a := range h.agents {
		if a.state == "talking" && views[a.call].Agent != login {
			h.breach("%s believes to talk in %s, where %q does (%s)", login, a.call, views[a.call].Agent, views[a.call].State)
		}
	}
}
