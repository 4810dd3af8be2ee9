package asterisk

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"hotline/pbx"
)

// mediaPattern is what Play takes: a sound (of Asterisk's own directory, or by its path), recording or tone, never a path upwards
// or a URL.
var mediaPattern = regexp.MustCompile(`^(sound|recording|tone):/?[A-Za-z0-9_-][A-Za-z0-9_./;=,+*!-]{0,199}$`)

// Play answers the caller on behalf of the machine, if nobody did yet, and plays media: "sound:name", "recording:name"
// or "tone:name". PlayEnded follows. pbx.ErrUnsupported: another kind of media.
func (d *Driver) Play(ctx context.Context, id pbx.CallID, media string) error {
	if !mediaPattern.MatchString(media) || strings.Contains(media, "..") {
		return fmt.Errorf("asterisk: play %q: %w", media, pbx.ErrUnsupported)
	}
	free, err := d.turn(ctx, id)
	if err != nil {
		return fail("play to", id, err)
	}
	defer free()
	var caller, play string
	var up bool
	err = d.ask(ctx, false, func(t *tracker) error {
		c, err := t.alive(id)
		if err != nil {
			return err
		}
		c.plays++
		play = playID(id, c.plays)
		caller, up, c.playing = c.channel, c.up, play
		return nil
	})
	if err != nil {
		return fail("play to", id, err)
	}
	if !up {
		err = d.rest.answer(ctx, caller)
	}
	if err == nil {
		err = d.rest.do(ctx, http.MethodPost, "play", channelPath(caller, "/play/"+play),
			map[string]string{"media": media}, nil)
	}
	if err == nil {
		err = d.note(ctx, id, func(c *call) {
			c.up = true
			if next, ok := (callMove{c.state, callPlayed}).next(); ok {
				c.state = next
			}
		})
	}
	return fail("play to", id, err)
}
