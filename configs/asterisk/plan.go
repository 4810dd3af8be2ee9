// Package asterisk writes the configuration of an Asterisk 20 or 22 that serves the hotline: a trunk's callers come in
// by exact number, ring, and wait in Stasis for the controller; agents' phones register and can dial nothing. Everything
// not needed for that is not loaded.
//
// What the dialplan promises without a controller (I9 in domain.md): callers hear ringing, and the agents' registered
// phones ring.
package asterisk

import "time"

// Realm is the digest realm of all phones (equals pbx.Realm, which this package may not import).
const Realm = "hotline"

// Plan is what differs from one Asterisk to the next. The zero value of a field means its default.
type Plan struct {
	// Name is the system name, [a-z0-9]{1,16}: prefix of every channel id, unique among the hotline's switches.
	// Default "asterisk".
	Name string
	// EtcDir is where Asterisk will read the files. Default: where Render writes them.
	EtcDir string
	// Language of prompts, as Asterisk names its sound directories. Default "en".
	Language string
	// MaxCalls refuses further calls above it. Default 1000.
	MaxCalls int

	// Application is the Stasis application of the controller. Default "hotline".
	Application string
	// HTTP is the host:port of ARI and of the browsers' SIP websocket; loopback only. Default "127.0.0.1:8088".
	HTTP string
	// HTTPSessions is how many connections HTTP takes at once. Default 1000.
	HTTPSessions int
	// ARIUser is the controller's account. Default "hotline".
	ARIUser string
	// ARIPassword; empty keeps the one in the directory, or makes a new one.
	ARIPassword string

	// SIP is the host:port of UDP and TCP. Default "0.0.0.0:5060".
	SIP string
	// External is the public address when Asterisk stands behind NAT; LocalNets are then the networks inside.
	External  string
	LocalNets []string
	// RTPStart and RTPEnd bound the media ports, both included. Default 10000 to 20000.
	RTPStart, RTPEnd int
	// STUN is the host:port of a STUN server for browsers' media, or empty.
	STUN string

	// Trunks are those who may bring calls.
	Trunks []Trunk
	// DIDs are the numbers answered, digits only. A call to "+" and the digits reaches the same.
	DIDs []string
	// WebCallers lets callers come from browsers, by accounts that the controller makes at run time. They reach DIDs only.
	WebCallers bool
	// Outbound is the one way out, for calls that the controller begins. Nil: there is none.
	Outbound *Outbound
	// Phones are fixed accounts. Agents' accounts are made at run time instead; these serve a lab.
	Phones []Phone

	// Watchdog is how long a caller may wait in a controller that gives no sign of life before the dialplan takes the
	// call back and rings agents itself. In whole seconds. Default 20 s.
	Watchdog time.Duration
	// FallbackRing is how long the fallback rings one set of phones before it looks anew. Default 20 s.
	FallbackRing time.Duration
	// FallbackPhones is how many phones the fallback rings at once. Default 20.
	FallbackPhones int
	// FallbackLimit is how long the fallback tries in all before it says goodbye. Default 10 min.
	FallbackLimit time.Duration
	// Goodbye is the prompt then played, relative to the sounds directory. Default "vm-nobodyavail".
	Goodbye string

	// Ringback is the tone that callers hear. Default China's, GB/T 3380: 450 Hz, 1 s on, 4 s off.
	Ringback Ringback

	// Baseline adds numbers served by bare Dial() and Queue(), to compare with.
	Baseline *Baseline
}

// Trunk is a carrier or gateway, known by its addresses. Calls come from it; none is ever sent to it (see Outbound).
type Trunk struct {
	Name      string   // [a-z0-9-]{1,24}; its endpoint is "trunk-" and the name
	Addresses []string // IP addresses or CIDR networks
	Codecs    []string // Default alaw, ulaw, g722
}

// Outbound is where the controller's calls out are sent. No context dials it: neither a phone nor a trunk can reach it.
type Outbound struct {
	Address  string // host:port of the provider's SIP, UDP
	CallerID string // the number shown to customers, as the provider wants it: digits, perhaps behind a +
	User     string // who we are to the provider; "" where it knows us by address
	Password string
	Codecs   []string // Default alaw, ulaw, g722
}

// Phone is a fixed account of an agent's phone.
type Phone struct {
	Name   string // as pbx.PhonePattern
	HA1    string // MD5(name:Realm:secret), hex
	WebRTC bool
}

// Ringback is the cadence by which rings are counted (domain.md, "Three rings, in seconds").
type Ringback struct {
	Hz      int
	On, Off time.Duration // one cycle is On and Off together; in whole milliseconds
}

// Baseline is served by Asterisk alone.
type Baseline struct {
	DialDID  string   // bare Dial() of all Phones
	QueueDID string   // Queue() with all Phones as members; its defaults but for autofill
	Phones   []string // account names

	// Direct adds numbers that ring one phone each, by bare Dial(): DID → account.
	Direct map[string]string
	// LoneDID is served by a Queue() whose one member is LonePhone. Both or neither.
	LoneDID, LonePhone string
}

// withDefaults fills in what the caller of Render left out. dir is where the files go.
func (p Plan) withDefaults(dir string) Plan {
	def(&p.Name, "asterisk")
	def(&p.EtcDir, dir)
	def(&p.Language, "en")
	def(&p.MaxCalls, 1000)
	def(&p.Application, "hotline")
	def(&p.HTTP, "127.0.0.1:8088")
	def(&p.HTTPSessions, 1000)
	def(&p.ARIUser, "hotline")
	def(&p.SIP, "0.0.0.0:5060")
	def(&p.RTPStart, 10000)
	def(&p.RTPEnd, 20000)
	def(&p.Watchdog, 20*time.Second)
	def(&p.FallbackRing, 20*time.Second)
	def(&p.FallbackPhones, 20)
	def(&p.FallbackLimit, 10*time.Minute)
	def(&p.Goodbye, "vm-nobodyavail")
	def(&p.Ringback, Ringback{Hz: 450, On: time.Second, Off: 4 * time.Second})
	trunks := make([]Trunk, len(p.Trunks))
	for i, t := range p.Trunks {
		if len(t.Codecs) == 0 {
			t.Codecs = []string{"alaw", "ulaw", "g722"}
		}
		trunks[i] = t
	}
	p.Trunks = trunks
	if p.Outbound != nil && len(p.Outbound.Codecs) == 0 {
		out := *p.Outbound
		out.Codecs = []string{"alaw", "ulaw", "g722"}
		p.Outbound = &out
	}
	return p
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
