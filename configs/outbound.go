package configs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Outbound is how the hotline calls customers: those on the follow-up worklist and those who were promised a call, nobody else.
type Outbound struct {
	Enabled      bool          `yaml:"enabled"`
	Switch       string        `yaml:"switch"`    // name of the Asterisk that dials; "" = the first one
	Address      string        `yaml:"address"`   // host:port of the provider's SIP
	CallerID     string        `yaml:"caller_id"` // the number shown to customers, as the provider wants it
	User         string        `yaml:"user"`      // who we are to the provider; "" where it knows us by address
	Password     string        `yaml:"password"`
	PasswordFile string        `yaml:"password_file"`
	Allow        []string      `yaml:"allow"`    // prefixes in E.164
	Refuse       []string      `yaml:"refuse"`   // prefixes in E.164, above allow
	National     bool          `yaml:"national"` // numbers of our own country are dialled as within it
	AgentRing    time.Duration `yaml:"agent_ring"`
	NumberRing   time.Duration `yaml:"number_ring"`
	Record       bool          `yaml:"record"`
	Prompts      string        `yaml:"prompts"` // directory of the phone survey's prompts on the Asterisk
}

// FollowUp is how solved cases are followed up.
type FollowUp struct {
	Sample   Sample `yaml:"sample"`
	LowScore int    `yaml:"low_score"` // a rating up to this opens an improvement
}

// Sample is how many of a stratum (one engineer, centre, kind of service and day) are drawn.
type Sample struct {
	Small   int `yaml:"small"`   // up to so many: all
	Quota   int `yaml:"quota"`   // above: at least so many
	Percent int `yaml:"percent"` // and at least this share
}

func defaultOutbound() Outbound {
	return Outbound{
		Allow: []string{"+86"}, Refuse: []string{"+86160", "+86168", "+86169"}, National: true,
		AgentRing: 25 * time.Second, NumberRing: 45 * time.Second, Prompts: "/etc/asterisk/prompts",
	}
}

func defaultFollowUp() FollowUp {
	return FollowUp{Sample: Sample{Small: 2, Quota: 1, Percent: 20}, LowScore: 2}
}

// OutboundSwitch is the Asterisk that dials, or false where there is none.
func (c Config) OutboundSwitch() (Switch, bool) {
	i := slices.IndexFunc(c.Switches, func(s Switch) bool {
		return s.Kind == SwitchAsterisk && (c.Outbound.Switch == "" || s.Name == c.Outbound.Switch)
	})
	if i < 0 {
		return Switch{}, false
	}
	return c.Switches[i], true
}

var (
	prefixPattern  = regexp.MustCompile(`^\+[1-9][0-9]{0,14}$`)
	shownPattern   = regexp.MustCompile(`^\+?[0-9]{3,15}$`)
	promptsPattern = regexp.MustCompile(`^/[A-Za-z0-9._/-]{1,120}$`)
)

func (k *checker) outbound(c Config) {
	o := c.Outbound
	for key, list := range map[string][]string{"outbound.allow": o.Allow, "outbound.refuse": o.Refuse} {
		for i, prefix := range list {
			if !prefixPattern.MatchString(prefix) {
				k.bad(fmt.Sprintf("%s[%d]", key, i), "write + and digits, e.g. +86", "%s is no prefix in E.164", quoteShort(prefix))
			}
		}
	}
	k.between("outbound.agent_ring", o.AgentRing, 5*time.Second, 2*time.Minute)
	k.between("outbound.number_ring", o.NumberRing, 10*time.Second, 3*time.Minute)
	if !promptsPattern.MatchString(o.Prompts) || strings.Contains(o.Prompts, "..") {
		k.bad("outbound.prompts", "write the directory's path, e.g. /etc/asterisk/prompts", "%s is no directory's path", quoteShort(o.Prompts))
	}
	k.whole("followup.sample.small", c.FollowUp.Sample.Small, 0, 1000)
	k.whole("followup.sample.quota", c.FollowUp.Sample.Quota, 1, 1000)
	k.whole("followup.sample.percent", c.FollowUp.Sample.Percent, 0, 100)
	k.whole("followup.low_score", c.FollowUp.LowScore, 1, 4)
	if !o.Enabled {
		return
	}
	if _, ok := c.OutboundSwitch(); !ok {
		k.bad("outbound.switch", "name a switch of kind asterisk, or set enabled: false", "there is no such Asterisk; the embedded switch cannot call out")
	}
	if o.Address == "" {
		k.bad("outbound.address", "write the host:port to which your provider takes calls", "is missing")
	} else {
		k.listen("outbound.address", o.Address)
	}
	if !shownPattern.MatchString(o.CallerID) {
		k.bad("outbound.caller_id", "write the number that your provider lets you show, digits only", "%s is no number", quoteShort(o.CallerID))
	}
	if len(o.Allow) == 0 {
		k.bad("outbound.allow", "list the prefixes that may be called, e.g. +86", "is empty: nobody could be called")
	}
	k.secret("outbound", "password", o.Password, o.PasswordFile, o.User != "")
}
