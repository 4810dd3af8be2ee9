package asterisk

import (
	"context"
	"encoding/json"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

// decode works off one frame. A frame that cannot be understood is counted, logged now and then, and has no effect.
func (o *owner) decode(ctx context.Context, f frame) {
	event, err := decode(f.data)
	if err != nil || event == nil {
		// ari v5 gives no event for a type that it does not know, and half of one for a known type that does not fit.
		var kind ari.Message
		if event == nil && json.Unmarshal(f.data, &kind) == nil && kind.Type != "" {
			o.d.m.unknown.Inc()
		} else {
			o.d.m.malformed.Inc()
		}
		o.grumble.Do(func() {
			o.d.log.WarnContext(ctx, "event not understood", "err", err, "bytes", len(f.data), "begin", begin(f.data))
		})
		return
	}
	o.d.m.event(event.GetType())
	if event.GetType() == ari.Events.ApplicationReplaced {
		o.usurp(ctx, f)
		return
	}
	o.t.apply(event, f.at)
	o.flush(ctx)
}

// decode reads the events of every call by the short way, all others by the library's.
func decode(data []byte) (ari.Event, error) {
	if event, ok := decodeHot(data); ok {
		return event, nil
	}
	return ari.DecodeEvent(data)
}

// usurp: another controller took the application. Our connection is closed and stays so for a while (link).
func (o *owner) usurp(ctx context.Context, f frame) {
	o.d.m.usurped.Inc()
	o.t.tell(pbx.Event{Kind: pbx.SwitchUsurped, At: f.at.UTC(), Detail: "the application " + o.d.opt.App +
		" was taken by another connection"})
	o.flush(ctx)
	o.session.usurped.Store(true)
	o.session.end(errUsurped)
}

// begin is enough of a frame for a log line.
func begin(data []byte) string {
	const enough = 120
	if len(data) > enough {
		data = data[:enough]
	}
	return string(data)
}
