package embedded

import (
	"context"
	"fmt"

	"hotline/pbx"
)

// What needs voice to pass through the switch, it cannot do. Each says so the same way, for a call that lives; for one that
// does not, pbx.ErrGone comes first, as with every switch.

func (s *Switch) cannot(id pbx.CallID, command, what string) error {
	if s.find(id) == nil {
		return gone(command, id)
	}
	return fmt.Errorf("embedded: %s %s: %w", command, id, pbx.Unsupported{
		Code: "embedded-" + command, What: "The embedded switch cannot " + what + ".",
		Do: "Configure an Asterisk (switches: in the configuration) for this.",
	})
}

// Join is not supported: three parties need a mixer.
func (s *Switch) Join(_ context.Context, id pbx.CallID, _ pbx.LegID) error {
	return s.cannot(id, "join", "bring a third person into a call")
}

// Play is not supported.
func (s *Switch) Play(_ context.Context, id pbx.CallID, _ string) error {
	return s.cannot(id, "play", "play announcements")
}

// Record is not supported.
func (s *Switch) Record(_ context.Context, id pbx.CallID, _ string) error {
	return s.cannot(id, "record", "record calls")
}

// StopRecord is not supported.
func (s *Switch) StopRecord(_ context.Context, id pbx.CallID) error {
	return s.cannot(id, "record", "record calls")
}

// cannotTalk is why a phone is not rung for a caller of another kind.
func cannotTalk(caller media) error {
	what := "A caller from a browser cannot talk with a desk phone through the embedded switch."
	if caller == plainMedia {
		what = "A caller by telephone cannot talk with a browser through the embedded switch."
	}
	return pbx.Unsupported{
		Code: "embedded-media", What: what,
		Do: "Let the agent use the other kind of phone, or configure an Asterisk, which converts between them.",
	}
}
