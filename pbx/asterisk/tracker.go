package asterisk

import (
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

// tracker is what is known of one switch's calls, legs and phones. It is pure: no clock, no I/O, no goroutine. Inputs are
// ARI events (apply), snapshots (sync, look) and commands; each leaves events to tell and effects to carry out, which
// take collects. It belongs to the owner's goroutine.
//
// It holds in every order of inputs, with any of them missing or repeated: at most one CallEnded a call, at most one
// LegEnded a leg, none for what was never told. What is missing is mended by sync and look.
type tracker struct {
	name    string
	app     string
	cycle   func(did string) time.Duration
	noVoice time.Duration // 0: never missed

	calls    map[pbx.CallID]*call
	legs     map[pbx.LegID]*leg
	snoops   map[string]*snoop    // by channel
	outs     map[pbx.CallID]*out  // calls out
	phones   map[string]bool      // told reachable, see reach.go
	online   map[string]bool      // registered, and the contact answers
	engaged  map[string]bool      // in a call that is none of ours
	suspect  map[string]time.Time // died in a talk: until when not to be trusted
	fresh    map[string]time.Time // when the switch last told of a phone's contact that it can be reached
	taken    bool                 // the dialplan serves callers by itself
	ended    graves
	outsOver graves // calls out that have ended
	startup  string
	strikes  map[string]int // channel or bridge → looks in a row that found it amiss
	bridges  int            // bridges named so far

	wanted   map[string]bool     // phones for which a leg shall stand ready
	standbys map[string]*standby // by phone: legs that stand ready, or are just being made so
	stood    map[string]*leg     // by channel: legs that stood ready until they were dialled

	read    time.Time // when the input at hand was read, by our clock: the switch's may differ
	events  []pbx.Event
	effects []effect
	odd     []string // inputs that changed nothing, for the counters
}

// call is a caller who is on the switch.
type call struct {
	pbx.Call
	channel string
	state   callState
	up      bool // the caller's channel was answered, by human or machine
	plain   bool // number and name are what the network sent, nothing had to be cleaned
	legs    map[pbx.LegID]*leg
	bridge  *bridge
	bridged bool          // the caller is in the bridge
	held    bool          // parked by Hold
	found   bool          // adopted answered and in no bridge: may hear music of a process before
	talker  pbx.LegID     // whom Connect connected last
	hung    time.Time     // when its end was last asked for
	want    pbx.EndCode   // HangUp was asked for, or the last agent hung up
	left    time.Time     // StasisEnd came at
	plays   int           // playbacks so far
	playing string        // the last one
	record  string        // name of the recording
	voice   voice         // of the caller
	spoke   bool          // its watch has begun
	turn    chan struct{} // holds a token while a command changes who hears whom

	watchdog  time.Duration // 0: none
	renew     time.Time     // when it is set again, by our clock; zero: it stays as it is
	watchTurn chan struct{} // holds a token while the watchdog is being set
}

// leg is one agent's phone in a call.
type leg struct {
	id       pbx.LegID
	call     *call
	phone    string
	state    legState
	want     pbx.LegEnd // Release was asked for
	accepted bool       // the switch took the originate
	silent   bool       // Ring failed: nothing of it is told
	told     bool       // something of it was told
	held     bool       // by the phone's own key
	joined   bool       // let in by Join: Connect of another leg does not drop it
	ear      *ear       // how it hears a talk, see Monitor
	until    time.Time  // when the switch stops ringing it
	up       time.Time  // ChannelStateChange to Up: the pick-up itself
	standby  *standby   // the leg stood ready; nil when it was originated
	voice    voice      // watched while it is the talker
}

// effectKind is something to be done at the switch.
type effectKind string

const (
	hangUp      effectKind = "hangup"   // end channel with reason
	sendBack    effectKind = "continue" // give a channel back to the dialplan
	makeBridge  effectKind = "bridge"   // make the call's bridge and put the caller in
	dropBridge  effectKind = "unbridge"
	lookAt      effectKind = "look"     // ask whether a channel still exists, after a moment
	ringback    effectKind = "ringback" // the answered caller waits again: never silence
	dialFar     effectKind = "dial"     // let the number's channel of a call out ring, for reason seconds
	setWatchdog effectKind = "watchdog" // set the time-out that gives the caller back to the dialplan
	listenTo    effectKind = "listen"   // ask whether voice came from a channel
	makeStandby effectKind = "standby"  // make a leg that stands ready
	seatStandby effectKind = "seat"     // put it into its bridge
	nameLeg     effectKind = "name"     // write on a channel that stood ready which leg it is now
)

// effect is one of them.
type effect struct {
	kind    effectKind
	channel string
	reason  string
	bridge  *bridge
	call    pbx.CallID
	standby *standby
	after   time.Duration // not before so long
}

// precedence is how long the next caller's way to an agent who has just hung up goes before the end of the call that is over:
// on a busy switch both take the same processors, and nobody waits for the second.
const precedence = 10 * time.Millisecond

func newTracker(name, app string, cycle func(string) time.Duration, noVoice time.Duration) *tracker {
	return &tracker{
		name: name, app: app, cycle: cycle, noVoice: noVoice,
		calls: map[pbx.CallID]*call{}, legs: map[pbx.LegID]*leg{}, snoops: map[string]*snoop{}, outs: map[pbx.CallID]*out{}, phones: map[string]bool{}, online: map[string]bool{},
		suspect: map[string]time.Time{}, fresh: map[string]time.Time{}, strikes: map[string]int{},
		wanted: map[string]bool{}, standbys: map[string]*standby{}, stood: map[string]*leg{},
	}
}

// take gives what is to be told and done, in order, and forgets it.
func (t *tracker) take() (events []pbx.Event, effects []effect, odd []string) {
	events, effects, odd = t.events, t.effects, t.odd
	t.events, t.effects, t.odd = nil, nil, nil
	return events, effects, odd
}

func (t *tracker) tell(e pbx.Event) {
	e.Switch = t.name
	t.events = append(t.events, e)
}

func (t *tracker) do(e effect) { t.effects = append(t.effects, e) }

func (t *tracker) surprise(what string) { t.odd = append(t.odd, what) }

// apply takes one event. read is when its frame was read, for events without a time of their own.
func (t *tracker) apply(event ari.Event, read time.Time) {
	t.read = read
	at := func(e ari.EventData) time.Time {
		if stamp := time.Time(e.Timestamp); !stamp.IsZero() {
			return stamp.UTC()
		}
		return read.UTC()
	}
	switch e := event.(type) {
	case *ari.StasisStart:
		t.started(fromEvent(e.Channel), e.Args, at(e.EventData))
	case *ari.StasisEnd:
		t.stasisEnded(e.Channel.ID, at(e.EventData))
	case *ari.ChannelStateChange:
		t.stateChanged(e.Channel.ID, e.Channel.State, at(e.EventData))
	case *ari.ChannelDestroyed:
		t.destroyed(e.Channel.ID, e.Cause, at(e.EventData))
	case *ari.ChannelHold:
		t.holdKey(e.Channel.ID, true, at(e.EventData))
	case *ari.ChannelUnhold:
		t.holdKey(e.Channel.ID, false, at(e.EventData))
	case *ari.ChannelDtmfReceived:
		t.digit(e.Channel.ID, e.Digit, at(e.EventData))
	case *ari.PlaybackFinished:
		t.playEnded(e.Playback.ID, at(e.EventData))
	case *ari.ContactStatusChange:
		t.endpoint(e.Endpoint, at(e.EventData))
	case *ari.PeerStatusChange:
		t.endpoint(e.Endpoint, at(e.EventData))
	default:
		t.surprise("unwanted")
	}
}

// fromEvent takes from an event's channel what adoption takes from a listed one.
func fromEvent(data ari.ChannelData) channel {
	ch := channel{ID: data.ID, State: data.State}
	if data.Caller != nil {
		ch.Caller = *data.Caller
	}
	if data.Creationtime != nil {
		ch.CreationTime = ari.DateTime(time.Unix(data.Creationtime.Seconds, int64(data.Creationtime.Nanos)).UTC())
	}
	return ch
}

// legOf and callOf find what a channel is; nil when it is neither, or has ended.
func (t *tracker) legOf(channel string) *leg {
	if l := t.stood[channel]; l != nil {
		return l
	}
	return t.legs[pbx.LegID(channel)]
}

func (t *tracker) callOf(channel string) *call { return t.calls[pbx.NewCallID(t.name, channel)] }

// ours: the channel is a leg that this switch's hotline made, live or not.
func (t *tracker) ours(channel string) (pbx.CallID, string, bool) {
	callID, phone, ok := pbx.LegID(channel).Parse()
	return callID, phone, ok && callID.Switch() == t.name
}

// graves remembers the channels that ended last, so that a late or repeated event does not raise them.
type graves struct {
	set   map[string]struct{}
	order []string
	next  int
}

// graveyard is how many ended channels are remembered.
const graveyard = 8192

func (g *graves) bury(channel string) {
	if g.set == nil {
		g.set = make(map[string]struct{})
	}
	if _, known := g.set[channel]; known {
		return
	}
	if len(g.order) < graveyard {
		g.order = append(g.order, channel)
	} else {
		delete(g.set, g.order[g.next])
		g.order[g.next] = channel
		g.next = (g.next + 1) % graveyard
	}
	g.set[channel] = struct{}{}
}

func (g *graves) has(channel string) bool {
	_, ok := g.set[channel]
	return ok
}
