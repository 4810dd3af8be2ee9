package main

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/configs"
	"hotline/queue"
	"hotline/records"
	"hotline/web"
)

// parts are what /readyz asks.
func parts(cfg configs.Config, store *records.Store, board *sharedBoard, floor *exchange, chores *errands) []web.Part {
	list := []web.Part{
		{Name: "database", Check: func(ctx context.Context) (web.Standing, string) {
			if err := store.Ping(ctx); err != nil {
				return web.Degraded, "calls go on, what they leave behind waits in memory: " + err.Error()
			}
			return web.Up, ""
		}},
		{Name: "journal", Check: func(context.Context) (web.Standing, string) {
			entries, age := store.Journal().Backlog()
			if left := chores.backlog(); age > 5*time.Second || left > 100 {
				return web.Degraded, fmt.Sprintf("%d journal entries (the oldest %v old) and %d errands wait", entries, age.Round(time.Second), left)
			}
			return web.Up, ""
		}},
		{Name: "board", Check: func(context.Context) (web.Standing, string) {
			if board.shared.Mode() == queue.ModeLocal {
				return web.Degraded, "Redis is gone; this node serves from its own memory"
			}
			return web.Up, ""
		}},
	}
	for _, sw := range cfg.Switches {
		list = append(list, web.Part{Name: "switch " + sw.Name, Check: func(context.Context) (web.Standing, string) {
			if state := floor.standing(sw.Name); state != "up" {
				return web.Down, state
			}
			return web.Up, ""
		}})
	}
	return list
}

// figures are the numbers of the parts that keep none themselves.
type figures struct {
	board       *sharedBoard
	distributor *queue.Distributor
	chores      *errands
	store       *records.Store
	descs       map[string]*prometheus.Desc
}

func newFigures(board *sharedBoard, distributor *queue.Distributor, chores *errands, store *records.Store) *figures {
	f := &figures{board: board, distributor: distributor, chores: chores, store: store, descs: map[string]*prometheus.Desc{}}
	for name, help := range map[string]string{
		"hotline_redis_commands_total":    "Commands that the board sent to Redis.",
		"hotline_board_local":             "1 while Redis is gone and this node serves from its own memory.",
		"hotline_calls_driven":            "Calls that this node drives.",
		"hotline_call_inputs_waiting":     "Inputs that wait in the inboxes of calls.",
		"hotline_call_inputs_noop_total":  "Inputs that moved nothing.",
		"hotline_board_trouble_total":     "Steps that the board did not do at once.",
		"hotline_errands_waiting":         "Things the records still have to learn.",
		"hotline_journal_entries_waiting": "Journal entries that are not durable yet.",
	} {
		f.descs[name] = prometheus.NewDesc(name, help, nil, nil)
	}
	return f
}

// Describe implements prometheus.Collector.
func (f *figures) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range f.descs {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (f *figures) Collect(ch chan<- prometheus.Metric) {
	stats := f.distributor.Stats()
	entries, _ := f.store.Journal().Backlog()
	local := 0.0
	if f.board.shared.Mode() == queue.ModeLocal {
		local = 1
	}
	give := func(name string, kind prometheus.ValueType, value float64) {
		ch <- prometheus.MustNewConstMetric(f.descs[name], kind, value)
	}
	give("hotline_redis_commands_total", prometheus.CounterValue, float64(f.board.redis.Commands()))
	give("hotline_board_local", prometheus.GaugeValue, local)
	give("hotline_calls_driven", prometheus.GaugeValue, float64(stats.Calls))
	give("hotline_call_inputs_waiting", prometheus.GaugeValue, float64(stats.Backlog))
	give("hotline_call_inputs_noop_total", prometheus.CounterValue, float64(stats.Unexpected))
	give("hotline_board_trouble_total", prometheus.CounterValue, float64(stats.Trouble))
	give("hotline_errands_waiting", prometheus.GaugeValue, float64(f.chores.backlog()))
	give("hotline_journal_entries_waiting", prometheus.GaugeValue, float64(entries))
}
