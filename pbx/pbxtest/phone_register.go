package pbxtest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// registration is the phone's side of its own REGISTER dialog; mu of the phone guards it.
type registration struct {
	callID, tag string
	cseq        int
}

// StatusError is a request that the switch refused.
type StatusError struct {
	Method string
	Code   int
	Reason string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s refused: %d %s", e.Method, e.Code, e.Reason)
}

// Register registers by digest and keeps it renewed until Unregister or Close. It returns a *StatusError when refused.
//
//nolint:contextcheck // the renewal outlives ctx: it ends with the phone
func (p *Phone) Register(ctx context.Context) error {
	if err := p.sendRegister(ctx, p.options.Expires); err != nil {
		return err
	}
	renew, cancel := context.WithCancel(p.ctx)
	p.mu.Lock()
	if p.renewal != nil {
		p.renewal()
	}
	p.renewal = cancel
	p.mu.Unlock()
	p.running.Go(func() { p.renew(renew) })
	return nil
}

// renew registers again at half-time, and sooner after a failure, until ctx ends.
func (p *Phone) renew(ctx context.Context) {
	wait := p.options.Expires / 2
	for {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		attempt, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := p.sendRegister(attempt, p.options.Expires)
		cancel()
		wait = p.options.Expires / 2
		if err != nil && ctx.Err() == nil {
			p.tb.Logf("phone %s: renew registration: %v", p.options.User, err)
			wait = min(wait, time.Second)
		}
	}
}

// Unregister takes the registration back.
func (p *Phone) Unregister(ctx context.Context) error {
	p.mu.Lock()
	if p.renewal != nil {
		p.renewal()
		p.renewal = nil
	}
	p.mu.Unlock()
	return p.sendRegister(ctx, 0)
}

func (p *Phone) sendRegister(ctx context.Context, expires time.Duration) error {
	uri := "sip:" + p.server.String()
	authorization := ""
	for range 3 { // the challenge, and a nonce that went stale meanwhile
		p.mu.Lock()
		p.register.cseq++
		cseq, callID, tag := p.register.cseq, p.register.callID, p.register.tag
		p.mu.Unlock()
		branch := newBranch()
		text := p.message("REGISTER "+uri, branch, []string{
			fmt.Sprintf("From: <sip:%s@%s>;tag=%s", p.options.User, p.server.IP, tag),
			fmt.Sprintf("To: <sip:%s@%s>", p.options.User, p.server.IP),
			"Call-ID: " + callID,
			fmt.Sprintf("CSeq: %d REGISTER", cseq),
			"Contact: <" + p.contact() + ">",
			fmt.Sprintf("Expires: %d", int(expires.Seconds())),
			authorization,
		}, "")
		answer, err := p.request(ctx, branch, text)
		if err != nil {
			return err
		}
		if answer.StatusCode == sip.StatusOK {
			return nil
		}
		next, ok := p.answerChallenge(answer, "REGISTER", uri, authorization)
		if !ok {
			return &StatusError{Method: "REGISTER", Code: answer.StatusCode, Reason: answer.Reason}
		}
		authorization = next
	}
	return &StatusError{Method: "REGISTER", Code: sip.StatusUnauthorized, Reason: "challenged again and again"}
}

// answerChallenge makes the header that answers a 401 or 407. A second challenge for the same request means that the
// secret is wrong, unless the first answer's nonce was stale.
func (p *Phone) answerChallenge(r *sip.Response, method, uri, sent string) (header string, ok bool) {
	name, asked := "Authorization", "WWW-Authenticate"
	if r.StatusCode == sip.StatusProxyAuthRequired {
		name, asked = "Proxy-Authorization", "Proxy-Authenticate"
	}
	challenge := r.GetHeader(asked)
	if challenge == nil || p.options.Secret == "" {
		return "", false
	}
	parsed, err := digest.ParseChallenge(challenge.Value())
	if err != nil || (sent != "" && !parsed.Stale) {
		return "", false
	}
	parsed.Algorithm = strings.ToUpper(parsed.Algorithm)
	answer, err := digest.Digest(parsed, digest.Options{
		Method: method, URI: uri, Username: p.options.User, Password: p.options.Secret,
	})
	if err != nil {
		return "", false
	}
	return name + ": " + answer.String(), true
}
