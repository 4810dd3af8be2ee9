package web

import (
	"errors"
	"net/http"

	"hotline/agent"
	"hotline/queue"
	"hotline/records"
)

// fromRooms turns what records, agent and queue refuse into problems. nil: the error is not worded for people.
func fromRooms(err error) *Problem {
	if p, ok := errors.AsType[*records.Problem](err); ok {
		fields := make([]Field, len(p.Fields))
		for i, f := range p.Fields {
			fields[i] = Field{Name: f.Name, What: f.What + " " + f.Do, sentences: []string{f.What, f.Do}}
		}
		out := told(recordsStatus(err), p.Code, p.What, p.Do, fields...)
		out.Lacks = p.Lacks
		return out
	}
	if errors.Is(err, records.ErrBusy) || errors.Is(err, records.ErrClosed) {
		return problem(codeUnavailable, "The database cannot be written now; nothing was changed.")
	}
	if e, ok := errors.AsType[*agent.Error](err); ok {
		return told(agentStatus(e.Code), e.Code, e.What, e.Do)
	}
	if e, ok := errors.AsType[*queue.Refusal](err); ok {
		return told(queueStatus(e.Code), e.Code, e.What, e.Do)
	}
	return nil
}

func recordsStatus(err error) int {
	for _, c := range []struct {
		kind   error
		status int
	}{
		{records.ErrNotFound, http.StatusNotFound},
		{records.ErrOwned, http.StatusConflict},
		{records.ErrConflict, http.StatusConflict},
		{records.ErrExists, http.StatusConflict},
		{records.ErrIncomplete, http.StatusUnprocessableEntity},
		{records.ErrInvalid, http.StatusUnprocessableEntity},
		{records.ErrForbidden, http.StatusForbidden},
		{records.ErrExpired, http.StatusUnauthorized},
		{records.ErrBusy, http.StatusServiceUnavailable},
		{records.ErrClosed, http.StatusServiceUnavailable},
	} {
		if errors.Is(err, c.kind) {
			return c.status
		}
	}
	return http.StatusInternalServerError
}

func agentStatus(code string) int {
	switch code {
	case agent.ErrUnknownAgent.Code:
		return http.StatusNotFound
	case agent.ErrReason.Code:
		return http.StatusUnprocessableEntity
	case agent.ErrStopping.Code:
		return http.StatusServiceUnavailable
	}
	return http.StatusConflict
}
