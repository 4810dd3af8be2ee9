package configs

import "time"

// Switch is one telephone switch that carries calls for this hotline.
type Switch struct {
	Name         string     `yaml:"name"` // part of every call's id: [a-z0-9]{1,16}, never change it while calls are up
	Kind         SwitchKind `yaml:"kind"`
	Bind         string     `yaml:"bind"` // embedded: host:port for SIP over UDP and TCP; "" = browsers' websocket alone
	URL          string     `yaml:"url"`  // asterisk: of ARI, e.g. http://127.0.0.1:8088/ari
	User         string     `yaml:"user"`
	Password     string     `yaml:"password"`
	PasswordFile string     `yaml:"password_file"` // one of the two; `hotline asterisk-config` makes a missing file
	Application  string     `yaml:"application"`   // name of the Stasis application
}

// SwitchKind names a driver.
type SwitchKind string

// The drivers.
const (
	SwitchEmbedded SwitchKind = "embedded" // the small SIP switch of this process: no announcements, no recording
	SwitchAsterisk SwitchKind = "asterisk" // Asterisk 20 or 22, driven over ARI
)

// Asterisk is what `hotline asterisk-config` writes into the configuration of an Asterisk, and how all of them are driven.
type Asterisk struct {
	SIPBind         string        `yaml:"sip_bind"`         // host:port of the UDP and TCP transports
	HTTPBind        string        `yaml:"http_bind"`        // host:port of ARI and of the phones' websocket; loopback
	STUN            string        `yaml:"stun"`             // host:port of a STUN server for browser phones; "" = none
	ExternalAddress string        `yaml:"external_address"` // IP that phones and trunks outside local_networks see; "" = no NAT
	LocalNetworks   []string      `yaml:"local_networks"`   // CIDR; needed with external_address
	RTPFirst        int           `yaml:"rtp_first"`        // UDP ports of audio, inclusive
	RTPLast         int           `yaml:"rtp_last"`
	Trunks          []Trunk       `yaml:"trunks"`
	Watchdog        time.Duration `yaml:"watchdog"`        // a caller whose controller gives no sign of life for this long is taken back by the dialplan
	FallbackRing    time.Duration `yaml:"fallback_ring"`   // how long one round of the dialplan's own ringing lasts (I9)
	NoVoice         time.Duration `yaml:"no_voice"`        // an agent's phone from which nothing came so long after the answer is given up; 0 = never
	Standby         int           `yaml:"standby"`         // agents of each queue, next in line, whose leg stands ready before a call comes; 0 = none
	SoundsLanguage  string        `yaml:"sounds_language"` // directory below Asterisk's sounds
	WebCallers      bool          `yaml:"web_callers"`     // callers may come from a browser, by the accounts that the hotline makes at run time
}

// ICE is how browsers' voice finds its way through NAT and firewalls (RFC 8445).
type ICE struct {
	STUN       []string      `yaml:"stun"` // host:port
	TURN       []string      `yaml:"turn"` // turn:host:port or turns:host:port, with ?transport=udp or tcp
	Secret     string        `yaml:"secret"`
	SecretFile string        `yaml:"secret_file"` // shared with the TURN servers; browsers get credentials made from it
	Lifetime   time.Duration `yaml:"lifetime"`    // of these credentials
}

// Trunk is a line to the network. Calls are taken only from its addresses; nothing is ever dialled out to it.
type Trunk struct {
	Name      string   `yaml:"name"`
	Addresses []string `yaml:"addresses"` // IP or CIDR
}

// Hotline is one or more dialled numbers that lead to a queue.
type Hotline struct {
	Name   string   `yaml:"name"`
	DIDs   []string `yaml:"dids"` // as the network sends them, digits only
	Queue  string   `yaml:"queue"`
	Region string   `yaml:"region"` // ISO 3166 country whose national numbers callers send, for E.164
	Ring   Cadence  `yaml:"ring"`   // of the ringback tone; one cycle is one ring
	Rings  int      `yaml:"rings"`  // a human must answer before the ring after this one would start
}

// Cadence is one cycle of the ringback tone (China, GB/T 3380: 1 s on, 4 s off).
type Cadence struct {
	On  time.Duration `yaml:"on"`
	Off time.Duration `yaml:"off"`
}

// Cycle is the time from the start of one ring to the start of the next.
func (c Cadence) Cycle() time.Duration { return c.On + c.Off }

// Budget is the time from ring 1 by which a human must have answered.
func (h Hotline) Budget() time.Duration { return time.Duration(h.Rings) * h.Ring.Cycle() }
