package main

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/configs"
	"hotline/pbx"
	"hotline/pbx/asterisk"
	"hotline/web"
	"hotline/web/ice"
)

// telephone is every switch of the configuration, each also a telephone exchange for browsers.
type telephone struct {
	lines     switches
	softphone web.Softphone
}

func openTelephone(cfg configs.Config, registry *prometheus.Registry, log *slog.Logger) (telephone, error) {
	t := telephone{lines: switches{}}
	driven := asterisk.NewMetrics(registry)
	for _, sw := range cfg.Switches {
		var driver pbx.Switch
		line := web.PhoneLine{Switch: sw.Name}
		var err error
		switch sw.Kind {
		case configs.SwitchAsterisk:
			driver, err = asterisk.New(asterisk.Options{
				Name: sw.Name, URL: sw.URL, User: sw.User, Password: sw.Password, App: sw.Application,
				RingCycle: ringCycle(cfg), NoVoice: cmp.Or(cfg.Asterisk.NoVoice, -1), Metrics: driven, Log: log,
			})
			if err == nil {
				line.Media = true
				line.Handler, err = throughAsterisk(sw, log)
			}
		default:
			driver, line.Handler, err = openEmbedded(cfg, sw, registry, log)
		}
		if err != nil {
			return telephone{}, fmt.Errorf("switch %s: %w", sw.Name, err)
		}
		t.lines[sw.Name] = driver
		t.softphone.Lines = append(t.softphone.Lines, line)
	}
	t.softphone.Callers = cfg.Switches[0].Kind == configs.SwitchEmbedded
	t.softphone.ICE = ice.Servers{STUN: cfg.ICE.STUN, TURN: cfg.ICE.TURN, Secret: cfg.ICE.Secret, Lifetime: cfg.ICE.Lifetime}
	if at := cfg.Asterisk.STUN; at != "" && !slices.Contains(cfg.ICE.STUN, at) {
		t.softphone.ICE.STUN = append(slices.Clone(cfg.ICE.STUN), at)
	}
	return t, nil
}

// throughAsterisk carries browsers' websockets to Asterisk's own: its HTTP server stays on loopback, and pages need no other
// origin than their own.
func throughAsterisk(sw configs.Switch, log *slog.Logger) (http.Handler, error) {
	at, err := url.Parse(strings.TrimSuffix(strings.TrimSuffix(sw.URL, "/"), "/ari") + "/ws")
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.URL.Path, r.Out.URL.RawQuery = at.Scheme, at.Host, at.Path, ""
			r.Out.Host = at.Host
			r.Out.Header.Del("Cookie") // the session is ours, not Asterisk's
			r.Out.Header.Del("Authorization")
			r.SetXForwarded()
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			log.WarnContext(r.Context(), "a browser's phone cannot reach Asterisk", "switch", sw.Name, "error", err)
			w.WriteHeader(http.StatusBadGateway)
		},
	}, nil
}

// invite tells whoever started the server where its pages are and what is for evaluation only.
func invite(out io.Writer, cfg configs.Config, address string, phones telephone) {
	at := cfg.HTTP.PublicURL
	if at == "" {
		at = "http://" + address
		if cfg.HTTP.TLS.CertFile != "" {
			at = "https://" + address
		}
	}
	at = strings.TrimSuffix(at, "/")
	fmt.Fprintf(out, "Hotline: %s/   wallboard: %s/wall", at, at)
	if phones.softphone.Callers || phones.softphone.Admit != nil {
		fmt.Fprintf(out, "   be a caller: %s/call", at)
	}
	fmt.Fprintln(out)
	if !phones.softphone.Lines[0].Media {
		fmt.Fprintln(out, "The embedded switch cannot announce, record, listen in, or connect a browser with a desk phone; Asterisk can: make run-asterisk.")
	}
}
