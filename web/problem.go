package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/records/procedure"
)

// Problem is the body of every error answer: RFC 9457 problem details (media type application/problem+json) with a
// stable code, one sentence that says what is wrong, and one that says what to do: in the language of who asks (apiLanguage).
type Problem struct {
	Type    string           `json:"type" doc:"Stable URI of the kind of problem: /problems/<code>, readable in a browser" example:"/problems/not-found"`
	Title   string           `json:"title" doc:"Short name of the kind of problem; the same each time in one language" example:"Not found"`
	Status  int              `json:"status" doc:"HTTP status code" example:"404"`
	Code    string           `json:"code" doc:"Stable code for programs" example:"not-found"`
	Detail  string           `json:"detail" doc:"What is wrong this time, one sentence" example:"There is no case C-20261122-0001."`
	Do      string           `json:"do" doc:"What to do about it, one sentence" example:"Check the number; search the list of cases."`
	Fields  []Field          `json:"fields,omitempty" doc:"Every field that is missing or wrong"`
	Lacks   []procedure.Lack `json:"lacks,omitempty" doc:"What an order lacks, in both languages: evidence, predecessors, a reason"`
	Request string           `json:"request,omitempty" doc:"Id of the request, for the operator's log"`

	retry time.Duration
	lang  string // that it is worded in, once it was worded for somebody
}

// Field is one missing or wrong field of a request.
type Field struct {
	Name string `json:"name" doc:"Where: a field name or a path such as body.outcome" example:"body.outcome"`
	What string `json:"what" doc:"What is wrong with it" example:"expected value to be one of …"`

	sentences []string // What's, where it has several
}

// Error gives code and detail, for logs.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus makes a Problem a huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType makes huma send it as problem details.
func (*Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders makes a Problem a huma.HeadersError: Retry-After where waiting helps, WWW-Authenticate for 401 (RFC 9110 §11.6.1).
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.retry+time.Second-1)/time.Second)))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="hotline"`)
	}
	if p.lang != "" {
		h.Set("Content-Language", p.lang)
	}
	return h
}

// kind is one kind of problem that this package itself reports; the rooms behind it bring their own codes.
type kind struct {
	code   string
	status int
	title  string
	do     string
}

// The kinds of problem that this package itself reports. Their codes are part of the API and never change meaning.
const (
	codeBadRequest  = "bad-request"
	codeInvalid     = "invalid"
	codeSignIn      = "sign-in"
	codeBadLogin    = "bad-login"
	codeForbidden   = "forbidden"
	codeCrossOrigin = "cross-origin"
	codeNotFound    = "not-found"
	codeMethod      = "method"
	codeConflict    = "conflict"
	codeTooLarge    = "too-large"
	codeMedia       = "media-type"
	codeThrottled   = "throttled"
	codeSlow        = "slow-request"
	codeInternal    = "internal"
	codeSwitch      = "switch"
	codeUnavailable = "unavailable"
	codeUnsupported = "unsupported"
)

// kinds lists them in the order of their status.
func kinds() []kind {
	return []kind{
		{codeBadRequest, 400, "Unreadable request", "Send one JSON document in UTF-8, as the operation's description says."},
		{codeSignIn, 401, "Not signed in", "Sign in with POST /api/v1/login, then send the token as bearer or cookie."},
		{codeBadLogin, 401, "Login or password is wrong", "Check both; after several wrong tries wait as Retry-After says, or ask an administrator."},
		{codeForbidden, 403, "Not permitted", "Ask somebody with the role that the operation names."},
		{codeCrossOrigin, 403, "Refused for its origin", "Call the API from its own site, or from a program with a bearer token."},
		{codeNotFound, 404, "Not found", "Check the address or the id; it may have ended meanwhile."},
		{codeMethod, 405, "Method not allowed", "Use one of the methods in the Allow header."},
		{codeSlow, 408, "The request came too slowly", "Send it again over a better connection."},
		{codeConflict, 409, "It has changed meanwhile", "Read it again, then decide again."},
		{codeTooLarge, 413, "The request is too large", "Send less; the limits are in the operation's description."},
		{codeMedia, 415, "Unknown media type", "Send application/json."},
		{codeInvalid, 422, "A field is missing or wrong", "Correct the fields listed and send it again."},
		{codeThrottled, 429, "Too many tries", "Wait as long as Retry-After says."},
		{codeInternal, 500, "A fault of ours", "Try again; if it stays, give the operator the request id."},
		{codeUnsupported, 501, "This switch cannot do it", "Use Asterisk as the switch for this."},
		{codeSwitch, 502, "The telephone switch did not do it", "Try again; if it stays, call the administrator."},
		{codeUnavailable, 503, "Not available now", "Try again in a few seconds; /readyz says which part is missing."},
	}
}

func kindOf(code string) kind {
	for _, k := range kinds() {
		if k.code == code {
			return k
		}
	}
	return kind{code: code}
}

func kindOfStatus(status int) kind {
	for _, k := range kinds() {
		if k.status == status {
			return k
		}
	}
	if status >= 500 {
		return kindOf(codeInternal)
	}
	return kindOf(codeBadRequest)
}

// problem makes a Problem of one of our own kinds.
func problem(code, format string, args ...any) *Problem {
	k := kindOf(code)
	return &Problem{
		Type: "/problems/" + k.code, Title: k.title, Status: k.status, Code: k.code,
		Detail: fmt.Sprintf(format, args...), Do: k.do,
	}
}

// told makes a Problem out of an error that another room worded for people.
func told(status int, code, what, do string, fields ...Field) *Problem {
	code = strings.NewReplacer("_", "-", " ", "-").Replace(code)
	k := kindOf(code)
	return &Problem{
		Type: "/problems/" + code, Title: cmp.Or(k.title, http.StatusText(status)), Status: status, Code: code,
		Detail: what, Do: cmp.Or(do, k.do, kindOfStatus(status).do), Fields: fields,
	}
}

// fromHuma rewords huma's own errors (unreadable JSON, failed validation, body too large) as problems. It never repeats the
// values it was sent: they may be passwords or personal data.
func fromHuma(e *huma.ErrorModel) *Problem {
	k := kindOfStatus(e.Status)
	p := problem(k.code, "%s", sentence(e.Detail))
	p.Status = e.Status
	if k.code == codeInternal {
		p.Detail = "Something went wrong on our side."
		return p
	}
	for _, d := range e.Errors {
		if d == nil {
			continue
		}
		p.Fields = append(p.Fields, Field{Name: cmp.Or(d.Location, "request"), What: d.Message})
	}
	return p
}

// sentence gives s a capital and a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return "The request was refused."
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// asProblem finds the Problem in err, or nil.
func asProblem(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	return nil
}
