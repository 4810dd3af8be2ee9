package ui

import (
	"context"
	"slices"
	"time"
)

// The languages that every page speaks, as BCP 47 tags.
const (
	Chinese = "zh-Hans" // the default
	English = "en"
)

// Visitor is who looks at a page, and how they want to see it. Lang and Zone are always set, the rest only for somebody who is
// signed in.
type Visitor struct {
	Login, Name, Team string
	Session           string   // public name of the session, not its token
	Roles             []string // "agent", "supervisor", "dispatcher", "administrator"
	Lang              string   // Chinese or English
	Zone              *time.Location
	Theme             string // "light", "dark", or "" as the device prefers
}

// Has says whether the visitor has the role.
func (v Visitor) Has(role string) bool { return slices.Contains(v.Roles, role) }

type visitorKey struct{}

// WithVisitor gives a context that carries the visitor.
func WithVisitor(ctx context.Context, v Visitor) context.Context {
	return context.WithValue(ctx, visitorKey{}, v)
}

// VisitorOf gives the visitor of a request: nobody, in Chinese and UTC, when the context carries none.
func VisitorOf(ctx context.Context) Visitor {
	v, _ := ctx.Value(visitorKey{}).(Visitor)
	if v.Lang == "" {
		v.Lang = Chinese
	}
	if v.Zone == nil {
		v.Zone = time.UTC
	}
	return v
}
