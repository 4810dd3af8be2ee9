package asterisk

import (
	"context"
	"net/http"
	"strings"

	"github.com/CyCoreSystems/ari/v5"
	"golang.org/x/sync/errgroup"
)

// channel is ari.ChannelData with what adoption needs and ari v5 does not decode: the application and its arguments.
type channel struct {
	ID           string       `json:"id"`
	Name         string       `json:"name"` // "PJSIP/<account>-<number>"
	State        string       `json:"state"`
	Caller       ari.CallerID `json:"caller"`
	CreationTime ari.DateTime `json:"creationtime"`
	Vars         struct {
		Leg string `json:"HOTLINE_LEG"` // ari.conf, channelvars
	} `json:"channelvars"`
	Dialplan struct {
		Context string `json:"context"`
		App     string `json:"app_name"`
		Data    string `json:"app_data"`
	} `json:"dialplan"`
}

// snapshot is what the switch says there is.
type snapshot struct {
	Startup   string // when Asterisk started: another one means that every channel before it is lost
	Channels  []channel
	Bridges   []ari.BridgeData
	Endpoints []ari.EndpointData
}

// snapshot asks for everything at once.
func (r *rest) snapshot(ctx context.Context) (snapshot, error) {
	var s snapshot
	var info struct {
		Status struct {
			Startup string `json:"startup_time"`
		} `json:"status"`
	}
	all, ctx := errgroup.WithContext(ctx)
	all.Go(func() error {
		return r.do(ctx, http.MethodGet, "info", "/asterisk/info?only=status", nil, &info)
	})
	all.Go(func() error { return r.do(ctx, http.MethodGet, "channels", "/channels", nil, &s.Channels) })
	all.Go(func() error { return r.do(ctx, http.MethodGet, "bridges", "/bridges", nil, &s.Bridges) })
	all.Go(func() error {
		return r.do(ctx, http.MethodGet, "endpoints", "/endpoints/PJSIP", nil, &s.Endpoints)
	})
	err := all.Wait()
	s.Startup = info.Status.Startup
	return s, err
}

// args are the arguments with which a channel is in the Stasis application app; ok is false when it is not in it.
func (c channel) args(app string) (args []string, ok bool) {
	if !strings.EqualFold(c.Dialplan.App, "Stasis") {
		return nil, false
	}
	name, rest, _ := strings.Cut(c.Dialplan.Data, ",")
	if name != app {
		return nil, false
	}
	return strings.Split(rest, ","), true
}
