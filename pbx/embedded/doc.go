// Package embedded is a small SIP switch of our own: a pbx.Switch and pbx.Accounts for a hotline without Asterisk.
//
// It is a registrar for agents' phones and a back-to-back user agent for callers. It holds the caller's INVITE at 180
// until the hotline connects an agent, and passes SDP from end to end: voice flows between caller and agent, never
// through here. So it cannot play, record, mix or convert anything; it says so (pbx.Unsupported) and names Asterisk, which can.
// Nothing ever goes out: a call begins only with an INVITE for one of the hotline's own numbers, and ends at a phone that
// registered.
//
//	udp, tcp, websocket ── take ── dispatch ─┬─ registrar ── sink (PhoneUp, PhoneDown)
//	                       limits, parser    ├─ transactions (RFC 3261 §17, RFC 6026)
//	                                         └─ inbox of a call ── its one owner ── sink (all else)
//	commands (Ring, Connect, …) ───────────────────┘
//
// Messages, their parser and their printing are emiago/sipgo's. Transport and transactions are ours: see
// docs/adr/0008. Calls live in this process alone. After a restart there are none, and SwitchSynced says so.
package embedded
