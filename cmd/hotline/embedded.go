package main

import (
	"log/slog"
	"net/http"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/configs"
	"hotline/pbx"
	"hotline/pbx/embedded"
)

// openEmbedded makes the switch of this process. Callers may come to it from a browser, for the configured numbers only.
func openEmbedded(cfg configs.Config, sw configs.Switch, registry *prometheus.Registry, log *slog.Logger) (pbx.Switch, http.Handler, error) {
	var dids []string
	for _, h := range cfg.Hotlines {
		dids = append(dids, h.DIDs...)
	}
	s, err := embedded.New(embedded.Options{
		Name: sw.Name, Bind: sw.Bind, DIDs: func(did string) bool { return slices.Contains(dids, did) },
		RingCycle: ringCycle(cfg), Metrics: embedded.NewMetrics(registry), Log: log,
	})
	if err != nil {
		return nil, nil, err
	}
	return s, s.Websocket(), nil
}
