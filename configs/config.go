// Package configs is the configuration: one YAML file, read strictly, environment variables above it, and every problem
// reported at once with its line and how to mend it. The files that ship as data lie beside it; hotline.yaml documents
// every key with its default, which a test keeps true.
package configs

import "time"

// Config is the whole configuration. The yaml tags are the keys of hotline.yaml; a zero-value section is not usable, start
// from Default.
type Config struct {
	Company        string          `yaml:"company"`  // shown beside the product's name on every page
	Timezone       string          `yaml:"timezone"` // IANA name; the day of the live numbers begins at its midnight
	HTTP           HTTP            `yaml:"http"`
	Data           Data            `yaml:"data"`
	Redis          Redis           `yaml:"redis"`
	Switches       []Switch        `yaml:"switches"`
	Asterisk       Asterisk        `yaml:"asterisk"`
	ICE            ICE             `yaml:"ice"`
	Hotlines       []Hotline       `yaml:"hotlines"`
	Queues         []Queue         `yaml:"queues"`
	Teams          []Team          `yaml:"teams"`
	Centres        []ServiceCentre `yaml:"service_centres"`
	Calendars      Calendars       `yaml:"calendars"`
	Checklists     Checklists      `yaml:"checklists"`
	PauseReasons   []Reason        `yaml:"pause_reasons"`
	DeclineReasons []Reason        `yaml:"decline_reasons"`
	Departments    []Department    `yaml:"departments"`
	Products       []Product       `yaml:"products"`
	Templates      []CaseTemplate  `yaml:"case_templates"`
	Digest         Digest          `yaml:"digest"`
	Escalations    Escalations     `yaml:"escalations"`
	Procedures     Procedures      `yaml:"procedures"`
	Questionnaires Questionnaires  `yaml:"questionnaires"`
	Outbound       Outbound        `yaml:"outbound"`
	FollowUp       FollowUp        `yaml:"followup"`
	Webhook        Webhook         `yaml:"webhook"`
	Mail           Mail            `yaml:"mail"`
	Notify         Notify          `yaml:"notify"`
	Vault          Vault           `yaml:"vault"`
	Links          Links           `yaml:"links"`
	Probe          Probe           `yaml:"probe"`
	Greeting       Text            `yaml:"greeting"`
	Desk           Desk            `yaml:"desk"`
	Supervision    Supervision     `yaml:"supervision"`
	Wallboard      Wallboard       `yaml:"wallboard"`
	Security       Security        `yaml:"security"`
	Log            Log             `yaml:"log"`
}

// Wallboard is when the wall flashes and sounds, per queue. A screen can set its own.
type Wallboard struct {
	LongestWait   time.Duration `yaml:"longest_wait"`   // somebody waits so long; 0: the promised rings are over
	WaitingCalls  int           `yaml:"waiting_calls"`  // so many wait; 0: not watched
	ShareBelow    int           `yaml:"share_below"`    // per cent within the rings in the last 30 minutes; 0: ten below the queue's staff_target
	AgentsMissing int           `yaml:"agents_missing"` // so many are missing by Erlang C; 0: not watched
}

// Text is a text shown to people in both languages of the product.
type Text struct {
	Zh string `yaml:"zh"` // 简体中文, the default language
	En string `yaml:"en"`
}

// HTTP is the JSON API and its pages.
type HTTP struct {
	Listen    string `yaml:"listen"` // host:port
	TLS       TLS    `yaml:"tls"`
	PublicURL string `yaml:"public_url"` // as browsers reach it; "" = http(s)://listen

	TrustedProxies []string `yaml:"trusted_proxies"` // networks whose X-Forwarded-For is believed
}

// TLS is a certificate; both files or none.
type TLS struct {
	CertFile string `yaml:"cert_file"` // PEM, leaf first
	KeyFile  string `yaml:"key_file"`  // PEM
}

// Data is where what must never be lost is kept.
type Data struct {
	Dir string `yaml:"dir"` // holds hotline.db, recordings, documents
}

// Redis is the shared board of what is happening now.
type Redis struct {
	URL    string    `yaml:"url"`    // redis://, rediss:// or unix://
	Mode   RedisMode `yaml:"mode"`   // what a start without Redis does
	Prefix string    `yaml:"prefix"` // all keys are "{prefix}:…": one hash tag, so that Redis Cluster keeps them together
}

// RedisMode says what a start without Redis does. With either mode a Redis that goes away later leaves the node answering
// calls from its own memory until Redis is back.
type RedisMode string

// The modes.
const (
	RedisFallback RedisMode = "fallback" // start at once, in the node's own memory, and say so
	RedisRequired RedisMode = "required" // do not start before Redis answered
)

// Team is a group of agents who know the same customers; a ladder step can ring one.
type Team struct {
	Name  string `yaml:"name"`
	Title Text   `yaml:"title"`
}

// ServiceCentre is a regional service centre: escalations of its regions go to it.
type ServiceCentre struct {
	Name    string   `yaml:"name"`
	Title   Text     `yaml:"title"`
	Regions []string `yaml:"regions"` // as written in the customer's data, e.g. 广东; "*" = every region nobody else names

	Calendar string `yaml:"calendar"` // by which it works; "" = calendars.default
}

// Checklists are the whole-system checks of onsite visits. Their files ship in configs/checklists.
type Checklists struct {
	Dir string `yaml:"dir"` // of files that are used instead of those that ship; "" = those
}

// Calendars are the working days and hours by which promised times are counted. Their files ship in configs/calendars.
type Calendars struct {
	Dir     string `yaml:"dir"`     // of files that are used instead of those that ship; "" = those
	Default string `yaml:"default"` // of a centre that names none
}

// Reason is one choice of a list that agents see.
type Reason struct {
	Code string `yaml:"code"`
	Zh   string `yaml:"zh"`
	En   string `yaml:"en"`
}

// Department can accept an enquiry that is not ours to solve (first-contact ownership, domain.md I4).
type Department struct {
	Code    string `yaml:"code"`
	Zh      string `yaml:"zh"`
	En      string `yaml:"en"`
	Service string `yaml:"service"` // of which a referral opens an order: consulting, development or open_class; "" = none
}

// Escalations are the promised response times: an escalation nobody accepted by then goes up to the manager (I5).
type Escalations struct {
	Remote time.Duration `yaml:"remote_response"`
	Onsite time.Duration `yaml:"onsite_response"`
}

// Questionnaires are what is asked and written down in classes, consulting and custom development.
type Questionnaires struct {
	Dir string `yaml:"dir"` // *.yaml files that replace those in the binary, one by one; "" = none
}

// Procedures are how the services are carried out, step by step.
type Procedures struct {
	Dir string `yaml:"dir"` // *.yaml files that replace those in the binary, one by one; "" = none
}

// Webhook receives the escalation feed, signed, at least once, in order. URL "" switches it off.
type Webhook struct {
	URL        string        `yaml:"url"`
	Secret     string        `yaml:"secret"`
	SecretFile string        `yaml:"secret_file"`
	Timeout    time.Duration `yaml:"timeout"` // of one delivery
}

// Desk is the agent's desk session.
type Desk struct {
	Timeout time.Duration `yaml:"timeout"` // a desk silent for this long is lost
}

// Supervision is what service managers may do with others' talks. Each use is audited and in the call's journal in any case.
type Supervision struct {
	TellAgents bool `yaml:"tell_agents"` // the agent's desk shows who listens
}

// Security is sessions, the throttle of logins, and how many calls one number may bring at once.
type Security struct {
	CallsPerNumber  int           `yaml:"calls_per_number"` // not answered yet; further ones are refused; 0 = no limit
	SessionLifetime time.Duration `yaml:"session_lifetime"` // from login, whatever happens
	SessionIdle     time.Duration `yaml:"session_idle"`     // since the last request
	LoginAttempts   int           `yaml:"login_attempts"`   // failures of one login or one source within LoginWindow
	LoginWindow     time.Duration `yaml:"login_window"`
	LoginLockout    time.Duration `yaml:"login_lockout"` // how long further attempts are refused
}

// Log is what goes to standard error.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn, error
	Format string `yaml:"format"` // text, json
}
