package asterisk

import "hotline/pbx"

// This file finds in a snapshot where the calls meet, and what became of legs that stood ready.

// meetings notes in v the bridge of each call, and whose leg each channel is that stood ready: the one that we know it as, the one
// that is written on it, or one of the caller in its bridge.
func (t *tracker) meetings(s snapshot, v view) {
	callers := map[string]bool{}
	for _, ch := range s.Channels {
		if args, here := ch.args(t.app); here && isCaller(args) {
			callers[ch.ID] = true
		}
		if phone, ok := t.standsReady(ch.ID); ok {
			leg := pbx.LegID(ch.Vars.Leg)
			if call, of, ok := leg.Parse(); ok && of == phone && call.Switch() == t.name {
				v.stood[ch.ID] = leg
			}
		}
	}
	for channel, l := range t.stood {
		v.stood[channel] = l.id
	}
	best := map[pbx.CallID]int{}
	for _, b := range s.Bridges {
		id, ok := parseBridge(b.ID)
		ok = ok && id.Switch() == t.name
		if _, stood := t.standsReady(b.ID); stood {
			id, ok = t.whoMeets(b.ChannelIDs, callers, v)
		}
		if !ok {
			continue
		}
		members, rank := map[string]bool{}, 1
		for _, member := range b.ChannelIDs {
			members[member] = true
			rank = max(rank, 2)
			if pbx.NewCallID(t.name, member) == id {
				rank = 3
			}
		}
		if rank >= best[id] && (rank < 3 || best[id] < 3) { // nobody is in two bridges: the other one is a ghost
			best[id], v.bridges[id], v.members[id] = rank, b.ID, members
		}
	}
	for id, members := range v.members {
		for member := range members {
			if phone, ok := t.standsReady(member); ok && v.stood[member] == "" {
				v.stood[member] = pbx.NewLegID(id, phone, 0) // which of the call's legs it was is not known: 0 was never given
			}
		}
	}
}

// whoMeets gives the call whose caller is among the members of a bridge, or whose leg is.
func (t *tracker) whoMeets(members []string, callers map[string]bool, v view) (id pbx.CallID, ok bool) {
	for _, member := range members {
		if callers[member] {
			return pbx.NewCallID(t.name, member), true
		}
	}
	for _, member := range members {
		if id, _, ok := v.stood[member].Parse(); ok {
			return id, true
		}
		if id, _, ok := t.ours(member); ok { // whom the first one handed the caller over to
			return id, true
		}
	}
	return "", false
}

// foundStood makes l the leg that a channel is which stood ready.
func (t *tracker) foundStood(l *leg, id pbx.LegID, phone, channel string) {
	l.id, l.phone = id, phone
	l.standby = &standby{phone: phone, channel: channel, bridge: madeBridge(channel)}
	if b := l.call.bridge; b != nil && b.id == channel {
		l.standby.bridge = b
	}
	if t.standing(channel) != nil {
		delete(t.standbys, phone)
	}
	t.stood[channel] = l
}

// isHome says that a bridge was made for a leg to stand ready in.
func (t *tracker) isHome(id string) bool {
	_, ok := t.standsReady(id)
	return ok
}

// strayHome says that a bridge in which a leg stood ready belongs to nothing that lives.
func (t *tracker) strayHome(id string) bool {
	if !t.isHome(id) || t.standing(id) != nil || t.stood[id] != nil {
		return false
	}
	for _, c := range t.calls {
		if c.bridge != nil && c.bridge.id == id {
			return false
		}
	}
	return true
}
