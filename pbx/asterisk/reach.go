package asterisk

import (
	"strings"
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

// A phone is reachable when it is registered, its contact answers, it did not just die in a talk, and it is in no call but
// ours: while the dialplan serves callers by itself (no controller, or one that stood still) it rings agents' phones too,
// and nobody is to be offered a second call then. The switch tells nothing of such calls; looks find them, so their
// beginning and end are noticed up to a second late.

// online is the endpoint state in which at least one contact of a phone can be reached.
const online = "online"

// fallbackContext is where the dialplan serves callers by itself (configs/asterisk, extensions.conf).
const fallbackContext = "hotline-fallback"

// distrusted is how long a phone that died in a talk counts as unreachable whatever the switch says: so long it may take to
// notice that a contact is gone (aorFields: one probe in 15 s, 3 s for its answer). A new registration ends it.
const distrusted = 20 * time.Second

// phoneOf gives the account behind an endpoint; ok is false for trunks and whatever else is no agent's phone.
func phoneOf(e ari.EndpointData) (string, bool) {
	return e.Resource, strings.EqualFold(e.Technology, "PJSIP") && pbx.ValidPhone(e.Resource)
}

// phone gives the account whose channel this is; ok is false when it is no agent's phone.
func (c channel) phone() (string, bool) {
	technology, rest, _ := strings.Cut(c.Name, "/")
	end := strings.LastIndexByte(rest, '-')
	if end < 0 || !strings.EqualFold(technology, "PJSIP") || !pbx.ValidPhone(rest[:end]) {
		return "", false
	}
	return rest[:end], true
}

// endpoint takes the state of one endpoint from any of the events that carry it, and tells a change once.
func (t *tracker) endpoint(e ari.EndpointData, at time.Time) {
	if phone, ok := phoneOf(e); ok {
		t.setOnline(phone, e.State == online)
		delete(t.suspect, phone)
		if delete(t.fresh, phone); e.State == online {
			t.fresh[phone] = at
		}
		t.dismissAt(phone) // its contact may be another one now
		t.settlePhone(phone, at)
		t.stand(phone, at)
	}
}

func (t *tracker) distrust(phone string, at time.Time) {
	t.suspect[phone] = at.Add(distrusted)
	t.settlePhone(phone, at)
}

// trustAgain ends the distrust whose time is over.
func (t *tracker) trustAgain(at time.Time) {
	for phone, until := range t.suspect {
		if at.After(until) {
			delete(t.suspect, phone)
			t.settlePhone(phone, at)
		}
	}
}

// unsettled says that something about phones changes of which no event will tell.
func (t *tracker) unsettled() bool { return t.taken || len(t.engaged) > 0 || len(t.suspect) > 0 }

func (t *tracker) usable(phone string) bool {
	_, suspect := t.suspect[phone]
	return t.online[phone] && !t.engaged[phone] && !suspect
}

func (t *tracker) setOnline(phone string, up bool) {
	if up {
		t.online[phone] = true
	} else {
		delete(t.online, phone)
	}
}

// settlePhone tells whether a phone is reachable, if that has changed.
func (t *tracker) settlePhone(phone string, at time.Time) {
	if up := t.usable(phone); up != t.phones[phone] {
		t.reach(phone, up, at)
	}
}

func (t *tracker) reach(phone string, up bool, at time.Time) {
	if up {
		t.phones[phone] = true
		t.tell(pbx.Event{Kind: pbx.PhoneUp, At: at, Phone: phone})
		t.stand(phone, at)
		return
	}
	delete(t.phones, phone)
	t.dismissAt(phone)
	t.tell(pbx.Event{Kind: pbx.PhoneDown, At: at, Phone: phone})
}

// reachAll takes the list of all endpoints: every reachable phone is told, and every one that no longer is.
func (t *tracker) reachAll(endpoints []ari.EndpointData, at time.Time) {
	clear(t.online)
	for _, e := range endpoints {
		if phone, ok := phoneOf(e); ok && e.State == online {
			t.setOnline(phone, true)
			if t.usable(phone) {
				t.reach(phone, true, at)
			}
		}
	}
	for _, phone := range sorted(keysOf(t.phones)) {
		t.settlePhone(phone, at)
	}
}

// engage notes from a view which phones are in calls that are none of ours.
func (t *tracker) engage(v view, at time.Time) {
	before := t.engaged
	t.engaged, t.taken = v.engaged, v.taken
	for _, phones := range []map[string]bool{before, v.engaged} {
		for _, phone := range sorted(keysOf(phones)) {
			t.settlePhone(phone, at)
		}
	}
}

// keysOf maps each key to itself, for sorted.
func keysOf(set map[string]bool) map[string]string {
	keys := make(map[string]string, len(set))
	for key := range set {
		keys[key] = key
	}
	return keys
}
