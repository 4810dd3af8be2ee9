package web

import (
	"context"
	"net/http"
	"time"

	"hotline/records"
)

// Users is what the API needs to administer users and to read the audit log.
type Users interface {
	ChangeSkills(ctx context.Context, c records.SkillChange) (u records.User, said string, err error)
	Users(context.Context) ([]records.User, error)
	User(ctx context.Context, login string) (records.User, error)
	AddUser(context.Context, records.NewUser) (records.User, error)
	UpdateUser(ctx context.Context, login string, c records.UserChange) (records.User, error)
	DisableUser(ctx context.Context, login string) (records.User, error)
	EnableUser(ctx context.Context, login string) (records.User, error)
	SetPassword(ctx context.Context, login, password string) error
	SetPhoneSecret(ctx context.Context, login string) (secret string, err error)
	RevokeSessions(ctx context.Context, login string) error
	Audit(context.Context, records.AuditEntry) error
	AuditLog(context.Context, records.AuditFilter) (records.Page[records.AuditEntry], error)
}

// ByLogin is the input of operations on one user.
type ByLogin struct {
	Login string `path:"login" maxLength:"64"`
}

type newUserBody struct {
	Login    string         `json:"login" minLength:"1" maxLength:"32" doc:"also the name of the phone account"`
	Name     string         `json:"name,omitempty" maxLength:"200"`
	Team     string         `json:"team,omitempty" maxLength:"200"`
	Roles    []Role         `json:"roles" maxItems:"5"`
	Skills   map[string]int `json:"skills,omitempty" doc:"queue or skill → level, 1 (best) to 9"`
	WebRTC   bool           `json:"webrtc,omitempty" doc:"the phone is a browser"`
	Password string         `json:"password,omitempty" maxLength:"1024" doc:"without one the user cannot sign in"`
}

type userChangeBody struct {
	Name    *string        `json:"name,omitempty" maxLength:"200"`
	Team    *string        `json:"team,omitempty" maxLength:"200"`
	Roles   []Role         `json:"roles,omitempty" maxItems:"5"`
	Skills  map[string]int `json:"skills,omitempty"`
	WebRTC  *bool          `json:"webrtc,omitempty"`
	Version int64          `json:"version" minimum:"1" doc:"the version that you saw"`
}

type passwordBody struct {
	Password string `json:"password" minLength:"1" maxLength:"1024"`
}

// phoneSecret is told once; only its hash is kept.
type phoneSecret struct {
	Login  string `json:"login"`
	Secret string `json:"secret" doc:"told this once"`
}

func texts(roles []Role) []string {
	if roles == nil {
		return nil
	}
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = string(r)
	}
	return out
}

func (s *Site) describeUsers() {
	users := s.opt.Records
	admin := []Role{Administrator}
	handle(s, op{
		id: "list-users", method: http.MethodGet, path: apiBase + "/users", tag: "administration", roles: admin,
		summary: "List users",
	}, func(ctx context.Context, _ *who, _ *struct{}) (*list[records.User], error) {
		return listOf(users.Users(ctx))
	})
	handle(s, op{
		id: "get-user", method: http.MethodGet, path: apiBase + "/users/{login}", tag: "administration", roles: admin,
		summary: "Read a user", codes: []string{codeNotFound},
	}, func(ctx context.Context, _ *who, in *ByLogin) (*one[records.User], error) {
		return oneOf(users.User(ctx, in.Login))
	})
	handle(s, op{
		id: "add-user", method: http.MethodPost, path: apiBase + "/users", tag: "administration", roles: admin,
		summary: "Add a user", status: http.StatusCreated, codes: []string{codeConflict},
	}, func(ctx context.Context, _ *who, in *struct{ Body newUserBody }) (*one[records.User], error) {
		return oneOf(s.changed(users.AddUser(ctx, records.NewUser{
			Login: in.Body.Login, Name: in.Body.Name, Team: in.Body.Team, Roles: texts(in.Body.Roles),
			Skills: in.Body.Skills, WebRTC: in.Body.WebRTC, Password: in.Body.Password,
		})))
	})
	handle(s, op{
		id: "change-user", method: http.MethodPatch, path: apiBase + "/users/{login}", tag: "administration", roles: admin,
		summary: "Change name, team, roles, skills or kind of phone", doc: "What is left out stays. Roles and skills are replaced as a whole.",
		codes: []string{codeNotFound, codeConflict},
	}, func(ctx context.Context, w *who, in *struct {
		ByLogin
		Body userChangeBody
	},
	) (*one[records.User], error) {
		b := in.Body
		if in.Login == w.Login && b.Roles != nil && !(&who{Roles: b.Roles}).has(Administrator) {
			return nil, lockOut()
		}
		return oneOf(s.changed(users.UpdateUser(ctx, in.Login, records.UserChange{
			Name: b.Name, Team: b.Team, Roles: texts(b.Roles), Skills: b.Skills, WebRTC: b.WebRTC, Version: b.Version,
		})))
	})
	handle(s, op{
		id: "disable-user", method: http.MethodPost, path: apiBase + "/users/{login}/disable", tag: "administration", roles: admin,
		summary: "Lock a user out and end their sessions", doc: "Their cases stay theirs until a service manager overrides.",
		codes: []string{codeNotFound, codeConflict},
	}, func(ctx context.Context, w *who, in *ByLogin) (*one[records.User], error) {
		if in.Login == w.Login {
			return nil, lockOut()
		}
		return oneOf(s.changed(users.DisableUser(ctx, in.Login)))
	})
	handle(s, op{
		id: "enable-user", method: http.MethodPost, path: apiBase + "/users/{login}/enable", tag: "administration", roles: admin,
		summary: "Let a user in again, also after too many wrong passwords", codes: []string{codeNotFound},
	}, func(ctx context.Context, _ *who, in *ByLogin) (*one[records.User], error) {
		return oneOf(s.changed(users.EnableUser(ctx, in.Login)))
	})
	handle(s, op{
		id: "set-password", method: http.MethodPost, path: apiBase + "/users/{login}/password", tag: "administration", roles: admin,
		summary: "Give a user a new password", doc: "Ends the user's sessions.", codes: []string{codeNotFound},
	}, func(ctx context.Context, _ *who, in *struct {
		ByLogin
		Body passwordBody
	},
	) (*struct{}, error) {
		return nil, users.SetPassword(ctx, in.Login, in.Body.Password)
	})
	handle(s, op{
		id: "new-phone-secret", method: http.MethodPost, path: apiBase + "/users/{login}/phone-secret", tag: "administration", roles: admin,
		summary: "Give a user's phone a new secret", doc: "The secret is told in this answer and never again.",
		codes: []string{codeNotFound},
	}, func(ctx context.Context, _ *who, in *ByLogin) (*one[phoneSecret], error) {
		secret, err := s.phoneSecretFor(ctx, in.Login)
		return oneOf(phoneSecret{in.Login, secret}, err)
	})
	handle(s, op{
		id: "revoke-sessions", method: http.MethodDelete, path: apiBase + "/users/{login}/sessions", tag: "administration", roles: admin,
		summary: "End all sessions of a user",
	}, func(ctx context.Context, _ *who, in *ByLogin) (*struct{}, error) {
		return nil, users.RevokeSessions(ctx, in.Login)
	})
	s.describeAudit()
}

func (s *Site) describeAudit() {
	handle(s, op{
		id: "list-audit", method: http.MethodGet, path: apiBase + "/audit", tag: "administration", roles: []Role{Administrator},
		summary: "Read the log of privileged actions, newest first",
	}, func(ctx context.Context, _ *who, in *struct {
		Paged
		By     string    `query:"by" maxLength:"64"`
		Action string    `query:"action" maxLength:"64"`
		Object string    `query:"object" maxLength:"200"`
		From   time.Time `query:"from"`
		To     time.Time `query:"to"`
	},
	) (*one[records.Page[records.AuditEntry]], error) {
		return oneOf(s.opt.Records.AuditLog(ctx, records.AuditFilter{
			By: in.By, Action: in.Action, Object: in.Object, From: in.From, To: in.To, Cursor: in.Cursor, Limit: in.Limit,
		}))
	})
}

// Paged is the query of lists: newest first, a page at a time.
type Paged struct {
	Cursor string `query:"cursor" maxLength:"200" doc:"next of the page before; from the beginning when left out"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"500"`
}

// changed tells the house about a user who was changed: roster, phone account.
func (s *Site) changed(u records.User, err error) (records.User, error) {
	if err == nil && s.opt.UserChanged != nil {
		s.opt.UserChanged(u)
	}
	return u, err
}

// lockOut keeps administrators from leaving the house without one by a slip.
func lockOut() error {
	p := problem(codeConflict, "You cannot take your own access away.")
	p.Do = "Let another administrator do it."
	return p
}
