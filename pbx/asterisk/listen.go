package asterisk

import (
	"context"
	"net/http"
	"net/url"
)

// One websocket serves two Stasis applications. Calls come to the one the dialplan names. Phones' comings and goings come
// to a second one, because an application that is subscribed to endpoints hears every channel event of theirs again.

// phonesApp is the application for phones.
func phonesApp(app string) string { return app + "-phones" }

// echoEvent is the type of the event by which a connection proves that it hears.
const echoEvent = "ChannelUserevent"

// wanted are the event types that the driver acts on, by application; Asterisk sends no others (PUT eventFilter). A plain
// call makes 9.
func wanted(app string) map[string][]string {
	return map[string][]string{
		app: {
			"StasisStart", "StasisEnd", "ChannelStateChange", "ChannelDestroyed", "ChannelHold", "ChannelUnhold",
			"ChannelDtmfReceived", "PlaybackFinished", "ApplicationReplaced", echoEvent,
		},
		phonesApp(app): {"ContactStatusChange", "PeerStatusChange", echoEvent},
	}
}

// listen tells Asterisk what the applications want to hear.
func (r *rest) listen(ctx context.Context, app string) error {
	type kind struct {
		Type string `json:"type"`
	}
	for name, types := range wanted(app) {
		var filter struct {
			Allowed []kind `json:"allowed"`
		}
		for _, t := range types {
			filter.Allowed = append(filter.Allowed, kind{t})
		}
		err := r.do(ctx, http.MethodPut, "event-filter", "/applications/"+url.PathEscape(name)+"/eventFilter", filter, nil)
		if err != nil {
			return err
		}
	}
	return r.do(ctx, http.MethodPost, "subscription", "/applications/"+url.PathEscape(phonesApp(app))+"/subscription",
		map[string]string{"eventSource": "endpoint:PJSIP"}, nil)
}
