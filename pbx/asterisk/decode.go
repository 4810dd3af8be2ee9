package asterisk

import (
	"context"
	"encoding/json"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

// decode works off one frame. A frame that cannot be understood is counted, logged now and then, and has no effect.
func (o *owner) decode(ctx context.Context, f frame) {
	event, err := ari.DecodeEvent(f.data)
	if err != nil || event == nil {
		var kind ari.Message
		if json.Unmarshal(f.data, &kind) == nil && kind.Type != "" && !known(kind.Type) {
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

// usurp: another controller took the application. Our connection is closed and stays so for a while (link).
func (o *owner) usurp(ctx context.Context, f frame) {
	o.d.m.usurped.Inc()
	o.t.tell(pbx.Event{Kind: pbx.SwitchUsurped, At: f.at.UTC(), Detail: "the application " + o.d.opt.App +
		" was taken by another connection"})
	o.flush(ctx)
	o.session.usurped.Store(true)
	o.session.end(errUsurped)
}

// known: a type that we ask for. Such an event that does not decode is malformed, not unknown.
func known(kind string) bool {
	for _, name := range wanted {
		if name == kind {
			return true
		}
	}
	return false
}

// begin is enough of a frame for a log line.
func begin(data []byte) string {
	const enough = 120
	if len(data) > enough {
		data = data[:enough]
	}
	return string(data)
}
