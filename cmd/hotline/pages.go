package main

import (
	"fmt"
	"log/slog"
	"time"

	"hotline/configs"
	"hotline/web/caller"
	"hotline/web/ui"
)

// openPages parses the pages. inside says that the board lives in this process.
func openPages(cfg configs.Config, zone *time.Location, inside, dev bool, log *slog.Logger) (*ui.Pages, error) {
	pages, err := ui.New(ui.Options{
		Dev: dev, Zone: zone, Log: log, Company: cfg.Company,
		Notice: func() string {
			if inside {
				return "试用：退出后，等候和状态信息会丢失 · " + evaluation
			}
			return ""
		},
	})
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	return pages, nil
}

// numbersToDial are the numbers that a caller's page offers.
func numbersToDial(cfg configs.Config) []caller.Line {
	titles := map[string]configs.Text{}
	for _, q := range cfg.Queues {
		titles[q.Name] = q.Title
	}
	var out []caller.Line
	for _, h := range cfg.Hotlines {
		for _, did := range h.DIDs {
			title := titles[h.Queue]
			out = append(out, caller.Line{Number: did, Zh: title.Zh, En: title.En, CycleMS: h.Ring.Cycle().Milliseconds(), Rings: h.Rings})
		}
	}
	return out
}
