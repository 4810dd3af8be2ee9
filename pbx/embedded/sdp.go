package embedded

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// SDP passes from end to end. What is changed on the way is only what RFC 3264 and RFC 3725 §7 make ours: the origin, because
// to each side this switch is one and the same peer whoever talks behind it, the direction while a call is held, and who begins DTLS while
// several phones ring.

// The directions of media (RFC 3264 §5.1).
const (
	sendRecv = "sendrecv"
	sendOnly = "sendonly"
	recvOnly = "recvonly"
	inactive = "inactive"
)

// media is what kind of voice an SDP or a phone speaks. Two kinds cannot talk without a gateway between them.
type media string

const (
	unknownMedia media = ""        // an INVITE without offer
	webMedia     media = "browser" // DTLS-SRTP and ICE
	plainMedia   media = "phone"   // RTP
)

// mediaOf reads the kind from an SDP: what brings a fingerprint (RFC 8122) wants DTLS-SRTP.
func mediaOf(sdp []byte) media {
	switch {
	case len(sdp) == 0:
		return unknownMedia
	case bytes.Contains(sdp, []byte("a=fingerprint:")):
		return webMedia
	}
	return plainMedia
}

// mediaVia is the kind of a peer that has not said: browsers come by websocket, phones do not.
func mediaVia(f flow) media {
	if browser(f) {
		return webMedia
	}
	return plainMedia
}

func linesOf(sdp []byte) []string {
	var lines []string
	for line := range strings.Lines(string(sdp)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func joined(lines []string) []byte { return []byte(strings.Join(lines, "\r\n") + "\r\n") }

func isDirection(line string) bool {
	switch line {
	case "a=" + sendRecv, "a=" + sendOnly, "a=" + recvOnly, "a=" + inactive:
		return true
	}
	return false
}

// directionOf reads the direction of the first medium. A connection address of 0.0.0.0 is the hold of old phones (RFC 2543).
func directionOf(sdp []byte) string {
	session, first, section := "", "", 0
	for _, line := range linesOf(sdp) {
		switch {
		case strings.HasPrefix(line, "m="):
			section++
		case line == "c=IN IP4 0.0.0.0" && section <= 1:
			return inactive
		case isDirection(line) && section == 0:
			session = line[2:]
		case isDirection(line) && section == 1:
			first = line[2:]
		}
	}
	switch {
	case first != "":
		return first
	case session != "":
		return session
	}
	return sendRecv
}

// offerOf makes a fresh offer of an SDP: every medium in the given direction, and the DTLS roles open again, as an offer
// must say (RFC 8842 §5.2).
func offerOf(sdp []byte, direction string) []byte {
	lines := linesOf(withDirection(sdp, direction))
	for i, line := range lines {
		if strings.HasPrefix(line, "a=setup:") {
			lines[i] = "a=setup:actpass"
		}
	}
	return joined(lines)
}

// callerFirst makes the caller begin the DTLS handshake, where the offer leaves that open. A phone that picks up would otherwise greet the
// caller at once, with the caller's own candidates at hand: of two phones that pick up in the same moment the slower one's greeting
// spoils the handshake of the one that won, and nobody hears anything.
func callerFirst(offer []byte) []byte {
	return bytes.ReplaceAll(offer, []byte("a=setup:actpass"), []byte("a=setup:active"))
}

// withDirection sets the direction of every medium.
func withDirection(sdp []byte, direction string) []byte {
	var lines []string
	media := false
	for _, line := range linesOf(sdp) {
		if isDirection(line) {
			continue
		}
		if strings.HasPrefix(line, "m=") {
			if media {
				lines = append(lines, "a="+direction)
			}
			media = true
		}
		lines = append(lines, line)
	}
	if media {
		lines = append(lines, "a="+direction)
	}
	return joined(lines)
}

// mirrored is the direction that answers one (RFC 3264 §6.1).
func mirrored(direction string) string {
	switch direction {
	case sendOnly:
		return recvOnly
	case recvOnly:
		return sendOnly
	}
	return direction
}

// answerOf makes an inactive answer of what was said to a side before, for an offer that changes nothing: our role in DTLS is
// the other one than the side's.
func answerOf(said, heard []byte) []byte {
	role := "passive"
	if bytes.Contains(heard, []byte("a=setup:passive")) {
		role = "active"
	}
	lines := linesOf(offerOf(said, inactive))
	open := bytes.Contains(said, []byte("a=setup:actpass"))
	was := linesOf(said)
	for i, line := range lines {
		if !strings.HasPrefix(line, "a=setup:") {
			continue
		}
		lines[i] = "a=setup:" + role
		if !open {
			at := slices.IndexFunc(was, func(line string) bool { return strings.HasPrefix(line, "a=setup:") })
			lines[i] = was[at]
		}
	}
	return joined(lines)
}

// countMedia is the number of m= lines.
func countMedia(sdp []byte) int {
	n := 0
	for _, line := range linesOf(sdp) {
		if strings.HasPrefix(line, "m=") {
			n++
		}
	}
	return n
}

// refusalOf answers an offer whose media nobody wants (RFC 3264 §6: port 0).
func refusalOf(offer []byte) []byte {
	lines := []string{"v=0", "o=- 0 0 IN IP4 0.0.0.0", "s=-", "c=IN IP4 0.0.0.0", "t=0 0"}
	for _, line := range linesOf(offer) {
		if fields := strings.Fields(line); strings.HasPrefix(line, "m=") && len(fields) >= 4 {
			fields[1] = "0"
			lines = append(lines, strings.Join(fields, " "))
		}
	}
	return joined(lines)
}

// sameTransport reports whether voice goes to the same place and by the same keys in both: then the other side need not
// hear of the change.
func sameTransport(a, b []byte) bool { return slices.Equal(transportOf(a), transportOf(b)) }

func transportOf(sdp []byte) []string {
	var lines []string
	for _, line := range linesOf(sdp) {
		for _, prefix := range [...]string{"c=", "m=", "a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "a=crypto:", "a=rtcp-mux"} {
			if strings.HasPrefix(line, prefix) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// iceUser gives the ICE user name, "" without ICE: a new one is a restart (RFC 8445 §9).
func iceUser(sdp []byte) string {
	for _, line := range linesOf(sdp) {
		if user, ok := strings.CutPrefix(line, "a=ice-ufrag:"); ok {
			return user
		}
	}
	return ""
}

// origin is this switch's o= line towards one side (RFC 3264 §8): the same session for ever, a higher version with each
// change.
type origin struct {
	start   string // "o=<user> <id> "
	end     string // " IN IP4 <address>"
	version uint64
	last    []byte // what was said, without its origin
}

// sign puts our origin on what is to be said.
func (o *origin) sign(sdp []byte) []byte {
	if len(sdp) == 0 {
		return nil
	}
	lines := linesOf(sdp)
	at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "o=") })
	if at < 0 {
		return sdp
	}
	fields := strings.Fields(lines[at])
	if len(fields) != 6 {
		return sdp
	}
	rest := joined(slices.Concat(lines[:at], lines[at+1:]))
	switch version, err := strconv.ParseUint(fields[2], 10, 63); {
	case o.start == "":
		if err != nil {
			version = 1
		}
		o.start = fields[0] + " " + fields[1] + " "
		o.end = " " + strings.Join(fields[3:], " ")
		o.version = version
	case !bytes.Equal(rest, o.last):
		o.version++
	}
	o.last = rest
	lines[at] = o.start + strconv.FormatUint(o.version, 10) + o.end
	return joined(lines)
}
