// Package asterisk drives Asterisk 20 and 22 over ARI (the Asterisk REST Interface): a pbx.Switch and pbx.Accounts.
//
// One Driver is one Asterisk. Inside it, one goroutine (Run's own) owns what is known of calls, legs and phones: the
// tracker. Everything else sends to it:
//
//	websocket ── reader ── backlog ──┐
//	commands (Ring, Connect, …) ─────┼── owner: tracker ── sink (pbx.Event)
//	looks (GET /channels …) ─────────┘         └── effects (REST, beside)
//
// The reader only moves frames into memory, because Asterisk cuts off a client that reads slowly (ari.conf,
// websocket_write_timeout). Decoding comes later. Every connection begins with a snapshot of channels, bridges and
// endpoints: calls that are already up are adopted, calls that ended meanwhile are reported as ended. Because events can
// be lost and a snapshot can show ghosts, the switch is looked at again from time to time and what two looks agree on is
// mended.
//
// Channels and bridges carry our ids (pbx.LegID; bridgeID), so adoption guesses nothing.
package asterisk
