package main

import (
	"net"

	"hotline/configs"
)

// diagnoseEmbedded examines the switch inside the server. Its address is in use when the server runs, which is in order.
func diagnoseEmbedded(s configs.Switch) diagnosis {
	part := "switch " + s.Name
	if s.Bind == "" {
		return diagnosis{part: part, good: true, detail: "embedded, for browsers alone"}
	}
	host, _, err := net.SplitHostPort(s.Bind)
	if err != nil {
		return diagnosis{part: part, detail: err.Error(), mend: "write bind as host:port"}
	}
	probe, err := net.ListenPacket("udp", net.JoinHostPort(host, "0")) //nolint:noctx // bound and closed at once
	if err != nil {
		return diagnosis{part: part, detail: err.Error(), mend: "bind names an address that this machine does not have"}
	}
	_ = probe.Close() // nothing was sent
	return diagnosis{part: part, good: true, detail: "embedded, SIP on " + s.Bind + "; it cannot announce, record or listen in: use Asterisk for that"}
}
