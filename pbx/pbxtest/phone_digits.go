package pbxtest

import (
	"context"
	"encoding/binary"
)

// eventPayload is the payload type of telephone events in this phone's SDP.
const eventPayload = 101

// eventKeys are the keys by their event codes (RFC 4733 §3.2).
const eventKeys = "0123456789*#ABCD"

// event notes a key of the other side. All packets of one event carry the timestamp of its beginning (RFC 4733 §2.2), so a key counts once
// however often it is sent.
func (m *media) event(packet []byte) {
	key, began := packet[12], binary.BigEndian.Uint32(packet[4:])
	m.mu.Lock()
	defer m.mu.Unlock()
	if int(key) >= len(eventKeys) || m.digits != "" && m.digitAt == began {
		return
	}
	m.digits, m.digitAt = m.digits+eventKeys[key:key+1], began
	close(m.news)
	m.news = make(chan struct{})
}

// WaitDigits waits until the other side has pressed these keys, in this order and no others, as telephone events (RFC 4733).
func (c *PhoneCall) WaitDigits(ctx context.Context, keys string) error {
	return c.media.wait(ctx, func() bool { return c.media.digits == keys })
}
