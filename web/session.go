package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"hotline/records"
)

// Sessions is what the API needs to know of users and their sessions.
type Sessions interface {
	Authenticate(ctx context.Context, login, password string) (records.User, error)
	NewSessionFrom(ctx context.Context, login string, from records.Device) (token string, s records.Session, err error)
	Session(ctx context.Context, token string) (records.Session, error)
	RevokeSession(ctx context.Context, token string) error
	Sessions(ctx context.Context, login string) ([]records.Session, error)
	EndSession(ctx context.Context, login, id string) error
	EndOtherSessions(ctx context.Context, login, keep string) error
	SetLook(ctx context.Context, login string, l records.Look) error
}

// tokenOf gives the session token of a request: the bearer token (RFC 6750) or else the cookie.
func (s *Site) tokenOf(r *http.Request) string {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	if c, err := r.Cookie(s.cookieName()); err == nil {
		return c.Value
	}
	return ""
}

// maxToken bounds what is hashed and looked up; ours have 52 characters.
const maxToken = 128

// signedIn finds the user of a request. Errors: a Problem of kind sign-in, or that the records cannot be read.
func (s *Site) signedIn(r *http.Request) (*who, error) { return s.userOf(r.Context(), s.tokenOf(r)) }

func (s *Site) userOf(ctx context.Context, token string) (*who, error) {
	if token == "" || len(token) > maxToken {
		return nil, problem(codeSignIn, "No session was sent.")
	}
	session, err := s.opt.Records.Session(ctx, token)
	if errors.Is(err, records.ErrExpired) {
		return nil, problem(codeSignIn, "The session has ended.")
	}
	if err != nil {
		return nil, err
	}
	w := &who{
		Login: session.User.Login, Name: session.User.Name, Team: session.User.Team,
		Session: session.ID, Until: session.EndsAt, token: token,
	}
	for _, role := range session.User.Roles {
		w.Roles = append(w.Roles, Role(role))
	}
	return w, nil
}

// cookieName has the __Host- prefix where the cookie can be Secure: then no other host or path can set it (RFC 6265bis §4.1.3).
func (s *Site) cookieName() string {
	if s.opt.TLS {
		return "__Host-hotline"
	}
	return "hotline"
}

func (s *Site) cookie(token string, until time.Time) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // Secure follows the configuration: on loopback there may be no TLS to be secure with
		Name: s.cookieName(), Value: token, Path: "/", Expires: until,
		HttpOnly: true, Secure: s.opt.TLS, SameSite: http.SameSiteStrictMode,
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

type loginInput struct {
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"64"`
		Password string `json:"password" minLength:"1" maxLength:"1024"`
		Cookie   bool   `json:"cookie,omitempty" doc:"true: the token comes as HttpOnly cookie and not in the body, for browsers"`
	}
}

// signedInAs says who is signed in.
type signedInAs struct {
	Login    string    `json:"login"`
	Name     string    `json:"name"`
	Team     string    `json:"team"`
	Roles    []Role    `json:"roles"`
	EndsAt   time.Time `json:"ends_at" doc:"the session ends then whatever is done, earlier when it is not used"`
	Token    string    `json:"token,omitempty" doc:"to be sent as bearer; told only at sign-in"`
	Pauses   []Reason  `json:"pause_reasons,omitempty" doc:"reasons an agent may pause for"`
	Declines []Reason  `json:"decline_reasons,omitempty" doc:"reasons an agent may decline a call for"`
	Session  string    `json:"session" doc:"public name of the session"`
}

type loginOutput struct {
	Cookie []http.Cookie `header:"Set-Cookie"`
	Body   signedInAs
}

type logoutOutput struct {
	Cookie []http.Cookie `header:"Set-Cookie"`
}

func (s *Site) describeSession() {
	handle(s, op{
		id: "login", method: http.MethodPost, path: apiBase + "/login", tag: "session", open: true, summary: "Sign in",
		doc: "The token has 256 random bits and is kept only as a hash. Signing in ends the session that the request carried. " +
			"Tries are limited by source and by login; the answer to a wrong, locked or unknown login is the same.",
		codes: []string{codeBadLogin, codeThrottled, codeUnavailable},
	}, s.login)
	handle(s, op{
		id: "logout", method: http.MethodPost, path: apiBase + "/logout", tag: "session", summary: "Sign out",
		doc: "Ends this session, and its event streams within seconds. Presence stays as it is: an agent who leaves signs out there.",
	}, func(ctx context.Context, w *who, _ *struct{}) (*logoutOutput, error) {
		if err := s.opt.Records.RevokeSession(ctx, w.token); err != nil {
			return nil, err
		}
		return &logoutOutput{Cookie: []http.Cookie{*s.cookie("", time.Time{})}}, nil
	})
	handle(s, op{
		id: "me", method: http.MethodGet, path: apiBase + "/me", tag: "session", summary: "Tell who is signed in",
	}, func(_ context.Context, w *who, _ *struct{}) (*one[signedInAs], error) {
		return &one[signedInAs]{Body: s.as(w)}, nil
	})
	handle(s, op{
		id: "change-password", method: http.MethodPost, path: apiBase + "/me/password", tag: "session", summary: "Change one's own password",
		doc: "Ends all sessions of the user, this one too.", codes: []string{codeBadLogin, codeThrottled, codeUnavailable},
	}, func(ctx context.Context, w *who, in *struct {
		Body struct {
			Old string `json:"old" minLength:"1" maxLength:"1024"`
			New string `json:"new" minLength:"1" maxLength:"1024"`
		}
	},
	) (*struct{}, error) {
		if _, err := s.authenticate(ctx, w.Login, in.Body.Old); err != nil {
			return nil, err
		}
		return nil, s.opt.Records.SetPassword(ctx, w.Login, in.Body.New)
	})
}

func (s *Site) as(w *who) signedInAs {
	me := signedInAs{Login: w.Login, Name: w.Name, Team: w.Team, Roles: w.Roles, EndsAt: w.Until, Session: w.Session}
	if w.has(Agent) {
		me.Pauses, me.Declines = s.pauseReasons(), s.opt.DeclineReasons
	}
	return me
}

func (s *Site) login(ctx context.Context, _ *who, in *loginInput) (*loginOutput, error) {
	user, err := s.authenticate(ctx, in.Body.Login, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if old := s.tokenOf(visitOf(ctx).request); old != "" && len(old) <= maxToken {
		if err := s.opt.Records.RevokeSession(ctx, old); err != nil {
			return nil, err
		}
	}
	token, session, err := s.opt.Records.NewSessionFrom(ctx, user.Login, s.device(visitOf(ctx).request))
	if err != nil {
		return nil, err
	}
	w, err := s.userOf(ctx, token)
	if err != nil {
		return nil, err
	}
	out := &loginOutput{Body: s.as(w)}
	if in.Body.Cookie {
		out.Cookie = []http.Cookie{*s.cookie(token, session.EndsAt)}
	} else {
		out.Body.Token = token
	}
	return out, nil
}

// authenticate checks a password within the limits of the throttle. Errors: Problems of kind throttled and bad-login.
func (s *Site) authenticate(ctx context.Context, login, password string) (records.User, error) {
	source := source(visitOf(ctx).request, s.opt.TrustedProxies)
	key := strings.ToLower(login)
	if wait := s.throttle.take(source, key); wait > 0 {
		s.measured.refused.Inc()
		p := problem(codeThrottled, "Too many sign-ins failed from here or for this login.")
		p.retry = wait
		return records.User{}, p
	}
	user, err := s.opt.Records.Authenticate(ctx, login, password)
	switch {
	case err == nil:
		s.throttle.done(source, key, right)
	case errors.Is(err, records.ErrCredentials), errors.Is(err, records.ErrLocked):
		// A locked account answers like a wrong password: otherwise the lock would tell which logins exist.
		s.throttle.done(source, key, wrong)
		s.measured.refused.Inc()
		s.log.WarnContext(ctx, "sign-in refused", "login", key, "source", source, "request", requestOf(ctx), "err", err)
		err = problem(codeBadLogin, "Login or password is wrong.")
	default:
		s.throttle.done(source, key, undecided)
	}
	return user, err
}
