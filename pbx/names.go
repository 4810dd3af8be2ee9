package pbx

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrGone says that the call or leg has ended meanwhile; the matching event reports how.
var ErrGone = errors.New("pbx: call or leg is gone")

// ErrDown says that the switch cannot be reached now.
var ErrDown = errors.New("pbx: switch is not connected")

// ErrUnsupported says that this switch cannot do it at all, now or later: the embedded one plays no announcements and lets
// nobody listen in. People are told what cannot be done and what to do (use Asterisk); trying again is of no use.
var ErrUnsupported = errors.New("pbx: not supported by this switch")

// Unsupported is ErrUnsupported with its words for people. errors.Is finds ErrUnsupported in it.
type Unsupported struct {
	Code string // stable, e.g. "embedded-play"
	What string // what cannot be done, one sentence
	Do   string // what to do about it, one sentence
}

func (u Unsupported) Error() string { return u.What + " " + u.Do }

// Is makes every Unsupported an ErrUnsupported.
func (u Unsupported) Is(target error) bool { return target == ErrUnsupported }

// PhonePattern is what an account name may look like. Nothing else is ever put into a dial string, so a "user" like
// 500&PJSIP/trunk/00… cannot become a call.
var PhonePattern = regexp.MustCompile(`^[a-z][a-z0-9._-]{0,31}$`)

// VisitorPattern is what the account of browser callers may be called. No phone has such a name (ValidPhone).
var VisitorPattern = regexp.MustCompile(`^visitor-[a-z0-9]{1,24}$`)

// ValidPhone reports whether name may be an account. The prefixes "trunk" and "visitor-" are reserved.
func ValidPhone(name string) bool {
	return PhonePattern.MatchString(name) && !strings.HasPrefix(name, "trunk") && !strings.HasPrefix(name, "visitor-")
}

// NewCallID makes the id of the call that the switch knows as channel.
func NewCallID(switchName, channel string) CallID { return CallID(switchName + "-" + channel) }

// Channel gives back the switch's own channel id.
func (id CallID) Channel() string {
	_, channel, _ := strings.Cut(string(id), "-")
	return channel
}

// Switch gives the name of the switch that carries the call.
func (id CallID) Switch() string {
	name, _, _ := strings.Cut(string(id), "-")
	return name
}

// NewLegID makes the id of the n-th leg of a call, ringing phone. It is used as the switch's channel id, so that a leg
// found on the switch tells its call and its phone.
func NewLegID(call CallID, phone string, n int) LegID {
	return LegID(fmt.Sprintf("leg~%s~%s~%d", call, phone, n))
}

// Parse gives the call and the phone of a leg; ok is false for a channel that is no leg of ours.
func (id LegID) Parse() (call CallID, phone string, ok bool) {
	parts := strings.Split(string(id), "~")
	if len(parts) != 4 || parts[0] != "leg" || !ValidPhone(parts[2]) {
		return "", "", false
	}
	return CallID(parts[1]), parts[2], true
}

// CleanNumber keeps what can be part of a telephone number (a leading +, then digits, at most 15 as in E.164) and
// returns "" for anything else: anonymous, letters, dial strings.
func CleanNumber(raw string) string {
	raw = strings.TrimSpace(raw)
	digits := strings.TrimPrefix(raw, "+")
	if len(digits) < 2 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return raw
}

// maxName is how much of a caller's name is kept, in runes: more than any display shows.
const maxName = 64

// CleanName makes a caller's name safe to store and show: valid UTF-8, no control characters, no line breaks, at most
// maxName runes. What is dangerous elsewhere (HTML, dialplan expressions) is that place's to escape; $, {, }, ", \, < and
// > are dropped all the same because names are handed to the switch.
func CleanName(raw string) string {
	var b strings.Builder
	n := 0
	for _, r := range raw {
		if n == maxName {
			break
		}
		if r == utf8.RuneError || !unicode.IsPrint(r) || strings.ContainsRune("${}\"\\<>", r) {
			continue
		}
		b.WriteRune(r)
		n++
	}
	return strings.TrimSpace(b.String())
}
