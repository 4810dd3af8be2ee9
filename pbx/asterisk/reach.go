package asterisk

import (
	"strings"
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

// online is the endpoint state in which at least one contact of a phone can be reached.
const online = "online"

// phoneOf gives the account behind an endpoint; ok is false for trunks and whatever else is no agent's phone.
func phoneOf(e ari.EndpointData) (string, bool) {
	return e.Resource, strings.EqualFold(e.Technology, "PJSIP") && pbx.ValidPhone(e.Resource)
}

// endpoint takes the state of one endpoint from any of the events that carry it, and tells a change once.
func (t *tracker) endpoint(e ari.EndpointData, at time.Time) {
	phone, ok := phoneOf(e)
	if !ok || t.phones[phone] == (e.State == online) {
		return
	}
	t.reach(phone, e.State == online, at)
}

func (t *tracker) reach(phone string, up bool, at time.Time) {
	if up {
		t.phones[phone] = true
		t.tell(pbx.Event{Kind: pbx.PhoneUp, At: at, Phone: phone})
		return
	}
	delete(t.phones, phone)
	t.tell(pbx.Event{Kind: pbx.PhoneDown, At: at, Phone: phone})
}

// reachAll takes the list of all endpoints: every reachable phone is told, and every one that no longer is.
func (t *tracker) reachAll(endpoints []ari.EndpointData, at time.Time) {
	up := map[string]bool{}
	for _, e := range endpoints {
		if phone, ok := phoneOf(e); ok && e.State == online {
			up[phone] = true
			t.reach(phone, true, at)
		}
	}
	for _, phone := range sorted(keysOf(t.phones)) {
		if !up[phone] {
			t.reach(phone, false, at)
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
