package outward

import "time"

// Script is a survey by keys: it asks whether it may ask, then one question after the other, thanks and hangs up.
type Script struct {
	Consent   string // asks whether the customer takes part: 1 yes, 2 no
	Questions []Question
	Wrong     string        // said after a key that is no answer
	Thanks    string        // said at the end
	Sorry     string        // said when nothing usable comes
	Wait      time.Duration // silence after a prompt before it is said again
	Tries     int           // how often one prompt is said at most
}

// Question is answered by one key.
type Question struct {
	Code      string
	Media     string
	Low, High byte // keys, e.g. '1' and '5'
}

// ConsentCode is under which the answer to Script.Consent is kept: "yes" or "no".
const ConsentCode = "consent"

// scriptState is where a script stands.
type scriptState string

const (
	// scriptSpeaks: the prompt plays. A key answers at once; its end makes it listen.
	scriptSpeaks scriptState = "speaks"
	// scriptListens: the prompt has ended, the time for an answer runs. A key answers; silence says the prompt again.
	scriptListens scriptState = "listens"
	// scriptScolds: it says that the key was no answer. Its end says the prompt again.
	scriptScolds scriptState = "scolds"
	// scriptParts: it says goodbye. Its end ends the call.
	scriptParts scriptState = "parts"
	// scriptOver: nothing more happens.
	scriptOver scriptState = "over"
)

// scriptInput is what moves a script.
type scriptInput string

const (
	scriptKey    scriptInput = "key"
	scriptPlayed scriptInput = "played"
	scriptSilent scriptInput = "silent"
	scriptGone   scriptInput = "gone" // the customer hung up: what was answered stays
)

// scriptDoes is what an input has the script do.
type scriptDoes string

const (
	scriptTake   scriptDoes = "take the key"
	scriptRepeat scriptDoes = "say it again"
	scriptWait   scriptDoes = "wait for a key"
	scriptLeave  scriptDoes = "hang up"
	scriptStop   scriptDoes = "stop"
)

// scriptTable is the whole of a script. What is not in it changes nothing.
func scriptTable() map[scriptState]map[scriptInput]scriptDoes {
	return map[scriptState]map[scriptInput]scriptDoes{
		scriptSpeaks:  {scriptKey: scriptTake, scriptPlayed: scriptWait, scriptGone: scriptStop},
		scriptListens: {scriptKey: scriptTake, scriptSilent: scriptRepeat, scriptGone: scriptStop},
		scriptScolds:  {scriptKey: scriptTake, scriptPlayed: scriptRepeat, scriptGone: scriptStop},
		scriptParts:   {scriptPlayed: scriptLeave, scriptGone: scriptStop},
		scriptOver:    {},
	}
}

// reading is one run of a script. It is pure: what is to be done comes back as deeds.
type reading struct {
	script Script
	table  map[scriptState]map[scriptInput]scriptDoes
	state  scriptState
	at     int // -1: consent; else the question
	tries  int // of the present prompt
}

// deed is something to do: exactly one field is set, or hush with say.
type deed struct {
	hush   bool          // stop what plays
	say    string        // play
	wait   time.Duration // tell silence after it
	answer [2]string     // keep: code, value
	hangUp bool
}

// read begins a script.
func read(s Script) (*reading, []deed) {
	r := &reading{script: s, table: scriptTable(), at: -1}
	return r, r.prompt()
}

// step takes one input.
func (r *reading) step(in scriptInput, key string) []deed {
	does, ok := r.table[r.state][in]
	if !ok {
		return nil
	}
	switch does {
	case scriptTake:
		return r.take(key)
	case scriptRepeat:
		return r.again(r.prompt)
	case scriptWait:
		r.state = scriptListens
		return []deed{{wait: r.script.Wait}}
	case scriptLeave:
		r.state = scriptOver
		return []deed{{hangUp: true}}
	case scriptStop:
		r.state = scriptOver
	}
	return nil
}

// prompt says what stands to be answered.
func (r *reading) prompt() []deed {
	r.state = scriptSpeaks
	r.tries++
	media := r.script.Consent
	if r.at >= 0 {
		media = r.script.Questions[r.at].Media
	}
	return []deed{{hush: true}, {say: media}}
}

// again does next unless the prompt was said often enough.
func (r *reading) again(next func() []deed) []deed {
	if r.tries >= r.script.Tries {
		return r.part(r.script.Sorry)
	}
	return next()
}

func (r *reading) part(media string) []deed {
	r.state = scriptParts
	return []deed{{hush: true}, {say: media}}
}

func (r *reading) take(key string) []deed {
	switch {
	case key == "*":
		return r.again(r.prompt)
	case r.at < 0 && key == "1":
		return r.next(deed{answer: [2]string{ConsentCode, "yes"}})
	case r.at < 0 && key == "2":
		return append([]deed{{answer: [2]string{ConsentCode, "no"}}}, r.part(r.script.Thanks)...)
	case r.at >= 0 && len(key) == 1 && key[0] >= r.script.Questions[r.at].Low && key[0] <= r.script.Questions[r.at].High:
		return r.next(deed{answer: [2]string{r.script.Questions[r.at].Code, key}})
	}
	return r.again(func() []deed {
		r.state = scriptScolds
		return []deed{{hush: true}, {say: r.script.Wrong}}
	})
}

// next keeps an answer and goes on.
func (r *reading) next(kept deed) []deed {
	r.at++
	r.tries = 0
	if r.at == len(r.script.Questions) {
		return append([]deed{kept}, r.part(r.script.Thanks)...)
	}
	return append([]deed{kept}, r.prompt()...)
}
