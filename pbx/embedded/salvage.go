package embedded

import (
	"fmt"
	"net/netip"
	"strings"
)

// salvage makes the 400 for a request that cannot be parsed (RFC 3261 §21.4.1), from its lines as they stand, so that its
// sender stops repeating it. "" when it lacks what an answer needs, or is an answer or an ACK itself. A proxy's Route and
// whatever else is in it is not looked at.
func salvage(raw []byte, from netip.AddrPort, tag string) string {
	head, _, _ := strings.Cut(string(raw), "\r\n\r\n")
	head = strings.NewReplacer("\r\n ", " ", "\r\n\t", " ").Replace(head) // unfold (RFC 3261 §7.3.1)
	lines := strings.Split(head, "\r\n")
	if strings.HasPrefix(lines[0], "SIP/") || strings.HasPrefix(lines[0], "ACK ") {
		return ""
	}
	var vias []string
	kept := map[string]string{}
	for _, line := range lines[1:] {
		name, value, found := strings.Cut(line, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if !found || value == "" {
			continue
		}
		switch name {
		case "via", "v":
			vias = append(vias, value)
		case "f":
			name = "from"
		case "t":
			name = "to"
		case "i":
			name = "call-id"
		}
		if _, again := kept[name]; !again {
			kept[name] = value
		}
	}
	if len(vias) == 0 || kept["from"] == "" || kept["to"] == "" || kept["call-id"] == "" || kept["cseq"] == "" {
		return ""
	}
	vias[0] = strings.Replace(vias[0], ";rport;", fmt.Sprintf(";rport=%d;", from.Port()), 1) + ";received=" + from.Addr().String()
	var b strings.Builder
	b.WriteString("SIP/2.0 400 Bad Request\r\n")
	for _, via := range vias {
		b.WriteString("Via: " + via + "\r\n")
	}
	to := kept["to"]
	if !strings.Contains(to, ";tag=") {
		to += ";tag=" + tag
	}
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s\r\nServer: %s\r\nContent-Length: 0\r\n\r\n",
		kept["from"], to, kept["call-id"], kept["cseq"], agentName)
	return b.String()
}
