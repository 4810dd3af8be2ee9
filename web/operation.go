package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/records"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// op describes one operation of the API: what the router, the guard and the OpenAPI document need.
type op struct {
	id, method, path string
	tag, summary     string
	doc              string
	roles            []Role        // who may; none: everybody who is signed in
	open             bool          // nobody needs to be signed in
	status           int           // of success; 200, or 204 without a body, when 0
	codes            []string      // problems of its own, beside those that follow from its shape
	produces         string        // media type of a streamed answer
	patience         time.Duration // how long it may take; roomTime when 0
	largest          int64         // of the body, in bytes; maxBody when 0
}

// roomTime bounds what one request may wait for the rooms behind the API: shorter than a browser's own patience, longer than a
// database that is locked for a moment.
const roomTime = 15 * time.Second

// maxBody bounds a request body, in bytes. No operation needs more: the largest field is a case's description.
const maxBody = 64 << 10

// bodyTime bounds how long a body may take to arrive: 10 s, and for files as long as a slow line takes, 64 kB/s.
func bodyTime(largest int64) time.Duration {
	return 10*time.Second + time.Duration(largest>>16)*time.Second
}

// handle registers an operation. The guard runs before anything of the request is read, so somebody who may not call it
// learns nothing of its validation.
func handle[I, O any](s *Site, o op, fn func(context.Context, *who, *I) (*O, error)) {
	huma.Register(s.api, s.operation(o, reflect.TypeFor[I]()), func(ctx context.Context, in *I) (*O, error) {
		ctx, cancel := context.WithTimeout(ctx, cmp.Or(o.patience, roomTime))
		defer cancel()
		out, err := fn(ctx, whoOf(ctx), in)
		if err != nil {
			return nil, s.worded(visitOf(ctx).request, s.problemFor(ctx, o.id, err))
		}
		return out, nil
	})
}

func (s *Site) operation(o op, input reflect.Type) huma.Operation {
	h := huma.Operation{
		OperationID: o.id, Method: o.method, Path: o.path, Tags: []string{o.tag},
		Summary: o.summary, Description: o.doc, DefaultStatus: o.status,
		MaxBodyBytes: cmp.Or(o.largest, maxBody), BodyReadTimeout: bodyTime(o.largest), RejectUnknownQueryParameters: true,
		Responses: map[string]*huma.Response{}, Extensions: map[string]any{},
		// The requirement that needs nothing says: this operation is open.
		Security: []map[string][]string{{}},
	}
	codes := append([]string{codeInternal}, o.codes...)
	if !o.open {
		codes = append(codes, codeSignIn)
		h.Security = []map[string][]string{{"bearer": {}}, {"cookie": {}}}
		h.Middlewares = huma.Middlewares{s.guard(o)}
		roles := o.roles
		if len(roles) == 0 {
			roles = allRoles()
		} else {
			codes = append(codes, codeForbidden)
		}
		h.Extensions["x-roles"] = roles
	}
	if input.NumField() > 0 {
		codes = append(codes, codeInvalid)
	}
	if _, ok := input.FieldByName("Body"); ok {
		codes = append(codes, codeBadRequest, codeTooLarge, codeMedia, codeSlow)
	}
	if o.method != http.MethodGet {
		codes = append(codes, codeCrossOrigin)
	}
	s.document(&h, codes)
	if o.produces != "" {
		h.Responses["200"] = &huma.Response{
			Description: "A stream that ends when the reader leaves, falls behind, is signed out, or the node stops.",
			Content:     map[string]*huma.MediaType{o.produces: {Schema: &huma.Schema{Type: "string"}}},
		}
	}
	return h
}

// document lists the problems of an operation, by status.
func (s *Site) document(h *huma.Operation, codes []string) {
	schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	byStatus := map[int][]string{}
	for _, code := range codes {
		status := s.problems[code].status
		if !slices.Contains(byStatus[status], code) {
			byStatus[status] = append(byStatus[status], code)
		}
	}
	for status, codes := range byStatus {
		slices.Sort(codes)
		h.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status) + ": " + strings.Join(codes, ", "),
			Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
		}
	}
}

// guard lets only signed-in users with a role of the operation pass.
func (s *Site) guard(o op) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		user, err := s.signedIn(r)
		if err == nil && !user.any(o.roles) {
			names := make([]string, len(o.roles))
			for i, role := range o.roles {
				names[i] = string(role)
			}
			err = problem(codeForbidden, "This needs the role %s.", strings.Join(names, " or "))
		}
		if err != nil {
			s.refuse(w, r, s.problemFor(r.Context(), o.id, err))
			return
		}
		next(huma.WithContext(ctx, withWho(records.By(r.Context(), user.Login), user)))
	}
}

// problemFor turns any error into the problem that the client reads, in English. What is not worded for people is logged and told as 500.
func (s *Site) problemFor(ctx context.Context, operation string, err error) *Problem {
	p := asProblem(err)
	if p == nil {
		p = fromRooms(err)
	}
	switch {
	case p != nil:
	case errors.Is(err, context.DeadlineExceeded):
		p = problem(codeUnavailable, "A part of the hotline did not answer in time.")
	case errors.Is(err, context.Canceled):
		p = problem(codeUnavailable, "The client left before the answer was ready.")
	default:
		p = problem(codeInternal, "Something went wrong on our side.")
	}
	if p.Status >= 500 && p.Code != codeUnsupported && !errors.Is(ctx.Err(), context.Canceled) {
		s.log.ErrorContext(ctx, "operation failed", "operation", operation, "request", requestOf(ctx), "err", err)
	}
	told := *p
	told.Request = requestOf(ctx)
	return &told
}
