// Package ice tells browsers which STUN and TURN servers their voice may use, and lends them credentials that expire.
package ice

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the scheme's hash, as TURN servers compute it
	"encoding/base64"
	"strconv"
	"time"
)

// Servers are the servers of the configuration. The zero value has none.
type Servers struct {
	STUN     []string // host:port
	TURN     []string // turn:host:port?transport=udp, …
	Secret   string   // shared with the TURN servers; it never leaves this process
	Lifetime time.Duration
	Now      func() time.Time // nil: the clock
}

// Server is one entry of RTCConfiguration.iceServers (W3C webrtc).
type Server struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty" doc:"of a TURN server: when it expires and for whom it is"`
	Credential string   `json:"credential,omitempty"`
}

// Relays says whether there are TURN servers, so that credentials are needed.
func (s Servers) Relays() bool { return len(s.TURN) > 0 }

// For gives the list for one user, with credentials of at most the given life, and when they expire; zero when they do not. The
// credentials are those of draft-uberti-behave-turn-rest: the user name is the Unix time of expiry, a colon and the login; the password is
// its HMAC-SHA1 under the shared secret (coturn: use-auth-secret).
func (s Servers) For(login string, most time.Duration) ([]Server, time.Time) {
	list := []Server{}
	for _, at := range s.STUN {
		list = append(list, Server{URLs: []string{"stun:" + at}})
	}
	if !s.Relays() {
		return list, time.Time{}
	}
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	until := now().Add(min(s.Lifetime, most)).Truncate(time.Second)
	user := strconv.FormatInt(until.Unix(), 10) + ":" + login
	sum := hmac.New(sha1.New, []byte(s.Secret))
	sum.Write([]byte(user))
	return append(list, Server{URLs: s.TURN, Username: user, Credential: base64.StdEncoding.EncodeToString(sum.Sum(nil))}), until
}
