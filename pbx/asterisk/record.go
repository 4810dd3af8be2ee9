package asterisk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"

	"hotline/pbx"
)

// recordPattern is what a recording may be called: no path, no hidden file.
var recordPattern = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$`)

// recordVariable keeps the recording's name on the caller's channel, so that it can be stopped after an adoption too.
const recordVariable = "HOTLINE_RECORDING"

// errRecordName: recordings are evidence; one is never written over another.
var errRecordName = errors.New("asterisk: a recording of this name exists, or one is under way")

// Record records the connected call, both sides mixed, as WAV under name until the call ends or StopRecord.
func (d *Driver) Record(ctx context.Context, id pbx.CallID, name string) error {
	if !recordPattern.MatchString(name) {
		return fmt.Errorf("asterisk: recording name %q: want letters, digits, . _ -", name)
	}
	m, free, err := d.talk(ctx, id)
	if err != nil {
		return fail("record", id, err)
	}
	defer free()
	err = d.rest.do(ctx, http.MethodPost, "record", bridgePath(m.bridge.id, "/record"),
		map[string]any{"name": name, "format": "wav", "ifExists": "fail"}, nil)
	if code := status(err); code == http.StatusConflict || code == http.StatusUnprocessableEntity {
		return fail("record", id, fmt.Errorf("%w: %s", errRecordName, err.Error()))
	}
	if err == nil {
		err = errors.Join(d.rest.setVariable(ctx, m.caller, recordVariable, name),
			d.note(ctx, id, func(c *call) { c.record = name }))
	}
	return fail("record", id, err)
}

// StopRecord ends the recording and keeps it. No recording under way is no error.
func (d *Driver) StopRecord(ctx context.Context, id pbx.CallID) error {
	m, free, err := d.talk(ctx, id)
	if err != nil {
		return fail("stop recording", id, err)
	}
	defer free()
	var name string
	if err := d.note(ctx, id, func(c *call) { name = c.record }); err != nil {
		return fail("stop recording", id, err)
	}
	if name == "" { // perhaps recorded since before this process met the call
		var answer struct{ Value string }
		err := d.rest.do(ctx, http.MethodGet, "variable",
			channelPath(m.caller, "/variable?variable="+recordVariable), nil, &answer)
		if err != nil && !errors.Is(err, pbx.ErrGone) {
			return fail("stop recording", id, err)
		}
		name = answer.Value
	}
	if !recordPattern.MatchString(name) {
		return nil
	}
	err = d.rest.do(ctx, http.MethodPost, "stop-record", "/recordings/live/"+url.PathEscape(name)+"/stop", nil, nil)
	if errors.Is(err, pbx.ErrGone) {
		err = nil
	}
	if err == nil {
		err = errors.Join(d.rest.setVariable(ctx, m.caller, recordVariable, ""),
			d.note(ctx, id, func(c *call) { c.record = "" }))
	}
	return fail("stop recording", id, err)
}
