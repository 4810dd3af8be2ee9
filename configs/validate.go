package configs

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Validate checks the values themselves and against each other. The error is of type Problems, with keys and without
// lines; Load adds those.
func (c Config) Validate() error { return check(c).orNil() }

// checker collects problems by key.
type checker struct{ problems Problems }

func check(c Config) Problems {
	k := &checker{}
	k.node(c)
	k.switches(c.Switches)
	k.asterisk(c.Asterisk)
	k.ice(c.ICE)
	k.hotlines(c)
	k.queues(c)
	k.service(c)
	k.outbound(c)
	k.remote(c)
	k.security(c.Security)
	return k.problems
}

func (k *checker) bad(key, mend, what string, args ...any) {
	k.problems = append(k.problems, Problem{Key: key, What: fmt.Sprintf(what, args...), Mend: mend})
}

// Patterns of names. A name ends up in call ids, SIP accounts, dialplans, Redis keys and URLs, so it is kept plain.
var (
	switchName = regexp.MustCompile(`^[a-z0-9]{1,16}$`)
	trunkName  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,23}$`)
	plainName  = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)
	didPattern = regexp.MustCompile(`^[0-9]{2,15}$`)
	tagPattern = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)
	isoCountry = regexp.MustCompile(`^[A-Z]{2}$`)
	mediaURI   = regexp.MustCompile(`^(sound|tone):[A-Za-z0-9._/-]{1,120}$`)
	turnURI    = regexp.MustCompile(`^(turns?):([^?/@#\s]+)(?:\?transport=(udp|tcp))?$`)
	langName   = regexp.MustCompile(`^[A-Za-z]{2,3}(_[A-Za-z0-9]{1,16})*$`)
)

const nameMend = "use a small letter first, then small letters, digits, _ and -, at most 32"

// name checks a name and that no other item of its list has it.
func (k *checker) name(key, name string, pattern *regexp.Regexp, mend string, seen map[string]string) {
	if name == "" {
		k.bad(key, mend, "is missing")
		return
	}
	if !pattern.MatchString(name) {
		k.bad(key, mend, "%s is no valid name", quoteShort(name))
		return
	}
	if first, twice := seen[name]; twice {
		k.bad(key, "choose another name", "%q is the name of %s already", name, first)
		return
	}
	seen[name] = parentKey(key)
}

// between checks a duration's bounds, inclusive.
func (k *checker) between(key string, d, low, high time.Duration) {
	if d < low || d > high {
		k.bad(key, fmt.Sprintf("choose from %v to %v", low, high), "%v is out of bounds", d)
	}
}

// whole checks a number's bounds, inclusive.
func (k *checker) whole(key string, n, low, high int) {
	if n < low || n > high {
		k.bad(key, fmt.Sprintf("choose from %d to %d", low, high), "%d is out of bounds", n)
	}
}

// oneOf checks a choice.
func (k *checker) oneOf(key, value string, choices ...string) bool {
	for _, choice := range choices {
		if value == choice {
			return true
		}
	}
	mend := "choose one of " + strings.Join(choices, ", ")
	if best := nearest(value, choices); best != "" {
		mend = fmt.Sprintf("did you mean %q? The choices: %s", best, strings.Join(choices, ", "))
	}
	k.bad(key, mend, "%s is no choice here", quoteShort(value))
	return false
}

// bilingual checks that a text is there in both languages.
func (k *checker) bilingual(key string, zh, en string) {
	const mend = "people read it on their screens: write it in both languages, zh and en"
	if strings.TrimSpace(zh) == "" {
		k.bad(join(key, "zh"), mend, "is empty")
	}
	if strings.TrimSpace(en) == "" {
		k.bad(join(key, "en"), mend, "is empty")
	}
}
