package pbxtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// media is the voice of one call: PCMA (RFC 3551), 20 ms a packet, one random pattern of eight bytes said over and over,
// by which the other end knows whom it hears. It is no louder than a quarter of the scale: where a switch mixes three, what goes beyond
// the scale is cut, and nobody would know the pattern again.
type media struct {
	phone *Phone
	conn  *net.UDPConn
	voice uint64
	stop  chan struct{}
	once  sync.Once // closing
	begin sync.Once // talking

	finger  sync.Mutex // one key at a time
	lifted  time.Time  // end of the last key
	pressed uint16     // packets of telephone events sent

	mu       sync.Mutex
	remote   *net.UDPAddr
	sdps     []string // of the other side, in order
	held     string   // direction of the other side's last SDP that wants nothing from us: sendonly, inactive; or ""
	received int
	heard    map[uint64]int // packets by voice
	last     [][]byte       // the last ones, oldest first
	digits   string         // keys of the other side
	digitAt  uint32         // RTP timestamp of the last
	news     chan struct{}
}

func newMedia(p *Phone) *media {
	m := &media{phone: p, stop: make(chan struct{}), heard: map[uint64]int{}, news: make(chan struct{})}
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: p.Addr().IP})
	if err != nil {
		p.tb.Logf("phone %s: voice: %v", p.options.User, err)
		return m
	}
	m.conn = conn
	var draw [8]byte
	if _, err := rand.Read(draw[:]); err != nil {
		p.tb.Logf("phone %s: voice: %v", p.options.User, err)
	}
	for i := range draw {
		draw[i] = draw[i]&^0x20 ^ 0x55
	}
	m.voice = binary.BigEndian.Uint64(draw[:])
	if hz := p.options.Behaviour.Tone; hz > 0 {
		m.voice = binary.BigEndian.Uint64(tonePacket(hz)) // as the other end finds it in a packet
	}
	p.running.Go(m.listen)
	return m
}

func (m *media) local() *net.UDPAddr {
	if m.conn == nil {
		return &net.UDPAddr{}
	}
	return m.conn.LocalAddr().(*net.UDPAddr)
}

func (m *media) close() {
	m.once.Do(func() {
		close(m.stop)
		if m.conn != nil {
			m.conn.Close()
		}
	})
}

// sdp is our offer or answer.
func (m *media) sdp(direction string) string {
	local := m.local()
	sdp := fmt.Sprintf("v=0\r\no=- %[1]d %[2]d IN IP4 %[3]s\r\ns=-\r\nc=IN IP4 %[3]s\r\nt=0 0\r\n"+
		"m=audio %[1]d RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"+
		"a=fmtp:101 0-15\r\na=ptime:20\r\na=%[4]s\r\n",
		local.Port, time.Now().UnixMilli(), local.IP, direction)
	if m.phone.options.Websocket != "" {
		return webMedia(sdp)
	}
	return sdp
}

// follow takes the other side's address from its SDP, if there is one.
func (m *media) follow(sdp []byte) {
	var remote net.UDPAddr
	held := ""
	for line := range strings.Lines(string(sdp)) {
		line = strings.TrimSpace(line)
		if ip, ok := strings.CutPrefix(line, "c=IN IP4 "); ok {
			remote.IP = net.ParseIP(ip)
		}
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "m=audio" {
			remote.Port, _ = strconv.Atoi(fields[1])
		}
		if line == "a=sendonly" || line == "a=inactive" {
			held = line[2:]
		}
	}
	if remote.IP == nil || remote.Port == 0 {
		return
	}
	m.mu.Lock()
	m.remote, m.held = &remote, held
	if n := len(m.sdps); n == 0 || m.sdps[n-1] != string(sdp) {
		m.sdps = append(m.sdps, string(sdp))
	}
	close(m.news)
	m.news = make(chan struct{})
	m.mu.Unlock()
}

// answer is our answer to the other side's last offer: who is on hold sends nothing (RFC 3264 §6.1).
func (m *media) answer() string {
	m.mu.Lock()
	held := m.held
	m.mu.Unlock()
	switch held {
	case "sendonly":
		return m.sdp("recvonly")
	case "inactive":
		return m.sdp("inactive")
	}
	return m.sdp("sendrecv")
}

// talk begins to send, once.
func (m *media) talk() {
	every := m.phone.options.PacketEvery
	if every < 0 || m.conn == nil || m.phone.options.Behaviour.Voiceless {
		return
	}
	m.begin.Do(func() { m.phone.running.Go(func() { m.send(every) }) })
}

func (m *media) send(every time.Duration) {
	packet := make([]byte, 12+160)
	packet[0], packet[1] = 0x80, 8 // version 2, PCMA
	binary.BigEndian.PutUint32(packet[8:], uint32(m.local().Port))
	if hz := m.phone.options.Behaviour.Tone; hz > 0 {
		copy(packet[12:], tonePacket(hz))
	} else {
		for i := 12; i < len(packet); i += 8 {
			binary.BigEndian.PutUint64(packet[i:], m.voice)
		}
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := uint32(1); ; n++ {
		binary.BigEndian.PutUint16(packet[2:], uint16(n))
		binary.BigEndian.PutUint32(packet[4:], n*160)
		m.mu.Lock()
		remote, held := m.remote, m.held
		m.mu.Unlock()
		if remote != nil && held == "" && !m.phone.isUnplugged() {
			if _, err := m.conn.WriteToUDP(packet, remote); err != nil {
				return
			}
		}
		select {
		case <-tick.C:
		case <-m.stop:
			return
		}
	}
}

func (m *media) listen() {
	buf := make([]byte, 2048)
	for {
		n, err := m.conn.Read(buf)
		if err != nil {
			return
		}
		if n >= 12+4 && buf[1]&0x7f == eventPayload {
			m.event(buf[:n])
			continue
		}
		if n < 12+80 || buf[1]&0x7f != 8 {
			continue // comfort noise
		}
		m.mu.Lock()
		m.received++
		m.heard[binary.BigEndian.Uint64(buf[12:])]++
		if m.last = append(m.last, bytes.Clone(buf[12:n])); len(m.last) > toneSpan {
			m.last = m.last[1:]
		}
		close(m.news)
		m.news = make(chan struct{})
		m.mu.Unlock()
	}
}

// keyGap is how long no key is pressed after another. Asterisk drops what begins within 45 ms: it takes that for the same key.
const keyGap = 60 * time.Millisecond

// press sends one key as a telephone event (RFC 4733), as long as a finger takes: begin, go on, and after 100 ms its end three times.
func (m *media) press(key string) error {
	m.finger.Lock()
	defer m.finger.Unlock()
	m.mu.Lock()
	remote := m.remote
	m.mu.Unlock()
	event := strings.Index("0123456789*#", key)
	if remote == nil || m.conn == nil || len(key) != 1 || event < 0 {
		return fmt.Errorf("phone %s: cannot press %q", m.phone.options.User, key)
	}
	if !m.until(m.lifted.Add(keyGap)) {
		return fmt.Errorf("phone %s: press %s: the call ended", m.phone.options.User, key)
	}
	down := time.Now()
	packet := make([]byte, 12+4)
	packet[0] = 0x80
	binary.BigEndian.PutUint32(packet[4:], uint32(down.UnixMilli())*8) // one timestamp for the whole event
	binary.BigEndian.PutUint32(packet[8:], uint32(m.local().Port))
	packet[12] = byte(event)
	for n, step := range []struct {
		duration uint16 // in samples, eight a millisecond
		end      byte
	}{{160, 0}, {400, 0}, {800, 0x80}, {800, 0x80}, {800, 0x80}} {
		if !m.until(down.Add(time.Duration(step.duration) * time.Second / 8000)) {
			return fmt.Errorf("phone %s: press %s: the call ended", m.phone.options.User, key)
		}
		m.pressed++
		packet[1] = 101
		if n == 0 {
			packet[1] |= 0x80 // the marker: a new event
		}
		binary.BigEndian.PutUint16(packet[2:], 0x8000+m.pressed)
		packet[13] = step.end | 10
		binary.BigEndian.PutUint16(packet[14:], step.duration)
		if _, err := m.conn.WriteToUDP(packet, remote); err != nil {
			return fmt.Errorf("phone %s: press %s: %w", m.phone.options.User, key, err)
		}
	}
	m.lifted = time.Now()
	return nil
}

// until lets time pass, and says whether the call is still there.
func (m *media) until(at time.Time) bool {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-m.stop:
		return false
	}
}

// Press presses a key of the telephone in a call that is up.
func (c *PhoneCall) Press(key string) error { return c.media.press(key) }

// wait returns when enough is true, looked at again with every packet.
func (m *media) wait(ctx context.Context, enough func() bool) error {
	for {
		m.mu.Lock()
		ok, news := enough(), m.news
		m.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-news:
		case <-m.stop:
			return fmt.Errorf("phone %s: the call ended", m.phone.options.User)
		case <-ctx.Done():
			return fmt.Errorf("phone %s: voice: %w", m.phone.options.User, ctx.Err())
		}
	}
}

// Received is how many voice packets came in so far.
func (c *PhoneCall) Received() int {
	c.media.mu.Lock()
	defer c.media.mu.Unlock()
	return c.media.received
}

// WaitReceived waits for n more voice packets, from anybody: somebody, music or a tone is heard.
func (c *PhoneCall) WaitReceived(ctx context.Context, n int) error {
	before := c.Received()
	return c.media.wait(ctx, func() bool { return c.media.received >= before+n })
}

// HeardSDPs are the other side's SDPs so far, in order; one that was said again counts once.
func (c *PhoneCall) HeardSDPs() []string {
	c.media.mu.Lock()
	defer c.media.mu.Unlock()
	return append([]string(nil), c.media.sdps...)
}

// WaitHeld waits until the other side has put this phone on hold by its SDP, so that it sends no voice.
func (c *PhoneCall) WaitHeld(ctx context.Context) error {
	return c.media.wait(ctx, func() bool { return c.media.held != "" })
}

// WaitHears waits until this phone hears the other one: the switch really has connected these two. It tells for certain
// only where voice is passed on unchanged (PCMA on both sides, two parties).
func (c *PhoneCall) WaitHears(ctx context.Context, other *PhoneCall) error {
	before := c.hears(other)
	return c.media.wait(ctx, func() bool { return c.media.heard[other.media.voice] >= before+3 })
}

func (c *PhoneCall) hears(other *PhoneCall) int {
	c.media.mu.Lock()
	defer c.media.mu.Unlock()
	return c.media.heard[other.media.voice]
}
