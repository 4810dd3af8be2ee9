package embedded

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // RFC 2617 prescribes it
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/icholy/digest"

	"hotline/pbx"
)

const (
	nonceLife  = 5 * time.Minute // then stale=true: the phone answers a fresh one without asking its user
	mostNonces = 20_000          // whose counters are kept
)

// digests checks credentials (RFC 3261 §22, RFC 2617). A nonce proves by itself that it is ours and how old it is, so that
// challenges cost no memory. Counters are kept only for nonces that somebody answered rightly.
type digests struct {
	key [32]byte

	mu   sync.Mutex
	seen map[string]counter
}

type counter struct {
	last int // highest nc
	at   time.Time
}

// verdict is what credentials are worth.
type verdict int

const (
	credMissing verdict = iota
	credWrong
	credStale // right, but the nonce is old or the counter was used: ask again with a fresh one
	credRight
)

func newDigests(key [32]byte) *digests { return &digests{key: key, seen: map[string]counter{}} }

// challenge is the WWW-Authenticate header.
func (d *digests) challenge(stale bool, now time.Time) string {
	c := `Digest realm="` + pbx.Realm + `", nonce="` + d.nonce(now) + `", algorithm=MD5, qop="auth"`
	if stale {
		c += ", stale=true"
	}
	return c
}

func (d *digests) nonce(now time.Time) string {
	raw := make([]byte, 16, 32)
	binary.BigEndian.PutUint64(raw, uint64(now.UnixMilli()))
	copy(raw[8:], token())
	return base64.RawURLEncoding.EncodeToString(append(raw, d.seal(raw)...))
}

func (d *digests) seal(raw []byte) []byte {
	mac := hmac.New(sha256.New, d.key[:])
	mac.Write(raw)
	return mac.Sum(nil)[:16]
}

// age tells how old a nonce of ours is.
func (d *digests) age(nonce string, now time.Time) (time.Duration, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(raw) != 32 || !hmac.Equal(raw[16:], d.seal(raw[:16])) {
		return 0, false
	}
	return now.Sub(time.UnixMilli(int64(binary.BigEndian.Uint64(raw)))), true
}

// check verifies an Authorization header. ha1 is that of the account; for an account that does not exist it is any other,
// and the answer takes as long and says as much.
func (d *digests) check(header, method, user, ha1 string, now time.Time) verdict {
	cred, err := digest.ParseCredentials(header)
	if err != nil {
		return credMissing
	}
	age, ours := d.age(cred.Nonce, now)
	if !ours {
		return credStale // of an earlier life of this process, perhaps
	}
	if !strings.EqualFold(cred.QOP, "auth") || cred.Realm != pbx.Realm || !plainMD5(cred.Algorithm) {
		return credWrong
	}
	ha2 := sum(method + ":" + cred.URI)
	right := 0
	for _, nc := range nonceCounts(cred.Nc) {
		want := sum(strings.Join([]string{strings.ToLower(ha1), cred.Nonce, nc, cred.Cnonce, cred.QOP, ha2}, ":"))
		right |= subtle.ConstantTimeCompare([]byte(want), []byte(strings.ToLower(cred.Response)))
	}
	same := subtle.ConstantTimeCompare([]byte(user), []byte(cred.Username))
	switch {
	case right&same != 1:
		return credWrong
	case age < 0 || age > nonceLife || !d.count(cred.Nonce, cred.Nc, now):
		return credStale
	}
	return credRight
}

// count notes a counter and reports whether it is higher than any before (RFC 2617 §3.2.2: replay).
func (d *digests) count(nonce string, nc int, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	before, known := d.seen[nonce]
	if nc <= before.last {
		return false
	}
	if !known && len(d.seen) >= mostNonces {
		for old, c := range d.seen {
			if now.Sub(c.at) > nonceLife {
				delete(d.seen, old)
			}
		}
		if len(d.seen) >= mostNonces {
			return false // stale: a fresh challenge, a moment later
		}
	}
	d.seen[nonce] = counter{last: nc, at: now}
	return true
}

// sweep forgets the counters of nonces that are too old to be used.
func (d *digests) sweep(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for nonce, c := range d.seen {
		if now.Sub(c.at) > nonceLife {
			delete(d.seen, nonce)
		}
	}
}

func plainMD5(algorithm string) bool { return algorithm == "" || strings.EqualFold(algorithm, "MD5") }

// nonceCounts are the ways to write a counter; the phone hashed the one that it wrote.
func nonceCounts(nc int) [2]string {
	s := strconv.FormatInt(int64(nc), 16)
	s = strings.Repeat("0", max(0, 8-len(s))) + s
	return [2]string{s, strings.ToUpper(s)}
}

// sum is MD5, which RFC 2617 prescribes; what is stored is not a password.
func sum(text string) string {
	hash := md5.Sum([]byte(text)) //nolint:gosec // RFC 2617
	return hex.EncodeToString(hash[:])
}
