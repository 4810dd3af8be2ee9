package embedded

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const browserSDP = "v=0\r\no=- 42 7 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\n" +
	"c=IN IP4 0.0.0.0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=fingerprint:sha-256 AA\r\na=setup:active\r\na=mid:0\r\na=sendrecv\r\n"

// TestDirections: what is read is what was written, with and without a line of its own, and old phones' hold counts.
func TestDirections(t *testing.T) {
	const bare = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"
	for _, test := range []struct{ sdp, want string }{
		{bare, sendRecv},
		{bare + "a=sendonly\r\n", sendOnly},
		{strings.Replace(bare, "t=0", "a=inactive\r\nt=0", 1), inactive},
		{strings.Replace(bare, "c=IN IP4 192.0.2.1", "c=IN IP4 0.0.0.0", 1), inactive},
		{bare + "a=recvonly\r\nm=video 0 RTP/AVP 96\r\na=inactive\r\n", recvOnly},
	} {
		if got := directionOf([]byte(test.sdp)); got != test.want {
			t.Errorf("%q is %s, want %s", test.sdp, got, test.want)
		}
	}
	for _, direction := range []string{sendRecv, sendOnly, recvOnly, inactive} {
		if got := directionOf(offerOf([]byte(bare), direction)); got != direction {
			t.Errorf("offered %s, reads %s", direction, got)
		}
	}
}

// TestOfferAndAnswer: an offer leaves the DTLS role open, an answer takes one, and neither changes keys or candidates.
func TestOfferAndAnswer(t *testing.T) {
	offer := offerOf([]byte(browserSDP), sendRecv)
	if !strings.Contains(string(offer), "a=setup:actpass") || !sameTransport(offer, []byte(browserSDP)) {
		t.Errorf("offer\n%s", offer)
	}
	answer := answerOf(offer, []byte(browserSDP)) // the side took "active", so ours is passive
	if !strings.Contains(string(answer), "a=setup:passive") || directionOf(answer) != inactive {
		t.Errorf("answer\n%s", answer)
	}
	refusal := string(refusalOf([]byte(browserSDP)))
	if !strings.Contains(refusal, "m=audio 0 UDP/TLS/RTP/SAVPF 111 0") || countMedia([]byte(refusal)) != 1 {
		t.Errorf("refusal\n%s", refusal)
	}
	if mediaOf([]byte(browserSDP)) != webMedia || mediaOf([]byte("v=0\r\n")) != plainMedia || mediaOf(nil) != unknownMedia {
		t.Error("the kind of voice is misread")
	}
}

// TestOrigin: whatever is said to one side, its origin stays, and its version rises exactly when something changes.
func TestOrigin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var o origin
		var last, start string
		var version uint64
		for range rapid.IntRange(1, 20).Draw(t, "sdps") {
			body := rapid.SampledFrom([]string{"m=audio 1 RTP/AVP 8", "m=audio 2 RTP/AVP 8", "m=audio 3 RTP/AVP 0"}).Draw(t, "body")
			who := rapid.IntRange(1, 5).Draw(t, "who")
			signed := string(o.sign([]byte(fmt.Sprintf("v=0\r\no=u%d %d %d IN IP4 192.0.2.%d\r\ns=-\r\n%s\r\n", who, who, who*100, who, body))))
			var user, id string
			var v uint64
			if _, err := fmt.Sscanf(strings.Split(signed, "\r\n")[1], "o=%s %s %d", &user, &id, &v); err != nil {
				t.Fatalf("%v in %q", err, signed)
			}
			if start != "" && (user+id != start || (v > version) != (body != last) || v < version) {
				t.Fatalf("%s %s %d with %q after %s %d with %q", user, id, v, body, start, version, last)
			}
			start, version, last = user+id, v, body
		}
	})
}

// TestStatesWalk takes both tables at random: an end is an end, and a leg is told in order.
func TestStatesWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at, leg := callWaiting, legAsked
		for range 30 {
			in := rapid.SampledFrom([]callInput{callJoined, callLeft, callOver}).Draw(t, "call")
			next, ok := callMove{at, in}.next()
			if at == callEnded && (ok || next != callEnded) || !ok && next != at {
				t.Fatalf("%s %s: %s %v", at, in, next, ok)
			}
			at = next
			input := rapid.SampledFrom([]legInput{legRang, legPicked, legJoined, legGone}).Draw(t, "leg")
			after, tell, ok := legMove{leg, input}.next()
			if leg == legEnded && ok || !ok && (after != leg || tell != "") || ok && input == legGone && after != legEnded {
				t.Fatalf("%s %s: %s %q %v", leg, input, after, tell, ok)
			}
			leg = after
		}
	})
}

// TestBucket: a burst, then the rate, each source by itself, and no more sources than may be.
func TestBucket(t *testing.T) {
	b := newBucket(2, 5)
	b.most = 100
	now := time.Unix(1000, 0)
	a := netip.MustParseAddr("192.0.2.1")
	took := func(from netip.Addr, at time.Time) int {
		n := 0
		for range 20 {
			if b.take(from, at) {
				n++
			}
		}
		return n
	}
	if n := took(a, now); n != 5 {
		t.Errorf("a burst of %d", n)
	}
	if n := took(a, now.Add(time.Second)); n != 2 {
		t.Errorf("%d a second", n)
	}
	if n := took(netip.MustParseAddr("2001:db8::1"), now); n != 5 {
		t.Errorf("another source gets %d", n)
	}
	if b.take(netip.MustParseAddr("2001:db8::2"), now) {
		t.Error("a neighbour in the same /64 is another source")
	}
	for i := range 1000 {
		b.take(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), now)
	}
	if len(b.by) > b.most+1 {
		t.Errorf("%d sources are kept", len(b.by))
	}
}

// TestNonce: a nonce of ours is known and dated, a forged one is not, and a counter is good once.
func TestNonce(t *testing.T) {
	d := newDigests([32]byte{1})
	now := time.Unix(1_000_000, 0)
	nonce := d.nonce(now)
	if age, ours := d.age(nonce, now.Add(time.Minute)); !ours || age != time.Minute {
		t.Errorf("%s %v", age, ours)
	}
	if _, ours := newDigests([32]byte{2}).age(nonce, now); ours {
		t.Error("another process's nonce passes")
	}
	if !d.count(nonce, 1, now) || d.count(nonce, 1, now) || !d.count(nonce, 5, now) || d.count(nonce, 4, now) {
		t.Error("counters are not watched")
	}
	d.sweep(now.Add(nonceLife + time.Second))
	if len(d.seen) != 0 {
		t.Error("old counters are kept")
	}
	header := fmt.Sprintf(`Digest username="li", realm="hotline", nonce="%s", uri="sip:x", response="%s", qop=auth, nc=00000001, cnonce="c"`,
		nonce, sum(strings.Join([]string{"ha1", nonce, "00000001", "c", "auth", sum("REGISTER:sip:x")}, ":")))
	if v := d.check(header, "REGISTER", "li", "ha1", now.Add(nonceLife+time.Second)); v != credStale {
		t.Errorf("right, but old: %d", v)
	}
	if v := d.check(header, "REGISTER", "li", "ha1", now.Add(time.Second)); v != credRight {
		t.Errorf("right: %d", v)
	}
	if v := d.check(header, "REGISTER", "li", "other", now.Add(time.Second)); v != credWrong {
		t.Errorf("wrong: %d", v)
	}
}

// The caller begins DTLS while several phones ring; roles that are settled already stay, and plain phones have none.
func TestCallerBeginsDTLS(t *testing.T) {
	for sdp, want := range map[string]string{
		"a=setup:actpass\r\n": "a=setup:active\r\n", "a=setup:passive\r\n": "a=setup:passive\r\n", "m=audio 4000 RTP/AVP 8\r\n": "m=audio 4000 RTP/AVP 8\r\n",
	} {
		if got := string(callerFirst([]byte(sdp))); got != want {
			t.Errorf("%q becomes %q, want %q", sdp, got, want)
		}
	}
}
