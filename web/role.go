package web

import (
	"context"
	"slices"
	"time"
)

// Role is what somebody may do. Roles do not contain each other: an administrator who also supervises has both.
type Role string

// The roles of the hotline.
const (
	Agent         Role = "agent"         // takes calls, owns cases
	Supervisor    Role = "supervisor"    // service manager: sees every call and case, overrides with a reason
	Dispatcher    Role = "dispatcher"    // serves escalations: assigns and plans orders
	Engineer      Role = "engineer"      // carries out orders; sees own ones and their customers' contact data, nothing else
	Administrator Role = "administrator" // users, roles, phones, audit log; no personal data of customers
)

// who is the signed-in user of one request.
type who struct {
	Login, Name, Team string
	Roles             []Role
	Session           string // public name of the session
	Until             time.Time

	token string // never logged, never sent
}

func (w *who) has(r Role) bool { return slices.Contains(w.Roles, r) }

// any says whether the user has one of the roles; no roles means everybody who is signed in.
func (w *who) any(roles []Role) bool {
	return len(roles) == 0 || slices.ContainsFunc(roles, w.has)
}

type whoKey struct{}

func withWho(ctx context.Context, w *who) context.Context { return context.WithValue(ctx, whoKey{}, w) }

// whoOf gives the user that the operation's middleware found; it is only asked behind that middleware.
func whoOf(ctx context.Context) *who {
	w, _ := ctx.Value(whoKey{}).(*who)
	return w
}
