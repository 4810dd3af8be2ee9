package agent

import "fmt"

// Error is a refusal that a person can act on. Code is stable and is what programs and translations go by; What is one
// sentence on what is wrong, Do one on what to do about it.
type Error struct{ Code, What, Do string }

// Error gives code and sentence, for logs.
func (e *Error) Error() string { return fmt.Sprintf("agent: %s: %s", e.Code, e.What) }

// Is makes errors.Is compare codes, so that a detailed error matches its sentinel below.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// The refusals of this package, to be compared with errors.Is.
var (
	ErrUnknownAgent = &Error{"unknown-agent", "There is no such agent.", "Check the login, or add the agent first."}
	ErrSignedOut    = &Error{"signed-out", "The agent is not signed in.", "Sign in first."}
	ErrReason       = &Error{"unknown-reason", "This pause reason is not on the list.", "Choose one of the listed reasons."}
	ErrNotWrapping  = &Error{"not-wrapping-up", "The agent is not wrapping up this call.", "Nothing needs to be extended; finish the case itself if it is open."}
	ErrWrapUpLimit  = &Error{"wrapup-limit", "The wrap-up cannot be extended any further.", "Finish the wrap-up, or pause and finish the case afterwards."}

	ErrDeskSession  = &Error{"desk-session", "The desk has no session.", "Sign in again."}
	ErrDeskSlow     = &Error{"desk-slow", "The desk did not keep up with its messages and was disconnected.", "Reconnect: what is current is sent again."}
	ErrDeskSilent   = &Error{"desk-silent", "The desk sent no heartbeat in time and was disconnected.", "Reconnect: what is current is sent again."}
	ErrDeskReplaced = &Error{"desk-replaced", "The desk was opened elsewhere.", "Go on there, or open it here again."}
	ErrDeskClosed   = &Error{"desk-closed", "The desk was closed.", "Open it again."}
	ErrStopping     = &Error{"stopping", "The server is stopping.", "Reconnect in a moment."}
)

// with gives the error another sentence, keeping code and advice.
func (e *Error) with(format string, args ...any) *Error {
	return &Error{Code: e.Code, What: fmt.Sprintf(format, args...), Do: e.Do}
}
