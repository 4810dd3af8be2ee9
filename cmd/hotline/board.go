package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"hotline/agent"
	"hotline/configs"
	"hotline/queue"
	"hotline/records"
)

// sharedBoard is the board with all that keeps it going: Redis, memory for when Redis is gone, deadlines, the lease.
type sharedBoard struct {
	redis     *queue.RedisBoard
	shared    *queue.Failover
	deadlines *queue.Deadlines
	lease     *queue.Node

	distributor *queue.Distributor
	roster      *agent.Roster
	log         *slog.Logger
}

// openBoard makes the board. With redis.mode "required" it waits for Redis; else a Redis that is away is no reason not to
// answer calls.
func openBoard(ctx context.Context, cfg configs.Config, node string, log *slog.Logger) (*sharedBoard, error) {
	b := &sharedBoard{log: log}
	opt := queue.BoardOptions{Prefix: "{" + cfg.Redis.Prefix + "}", Node: node, Log: log}
	var err error
	if b.redis, err = queue.OpenBoard(cfg.Redis.URL, opt); err != nil {
		return nil, fmt.Errorf("redis.url: %w", err)
	}
	if cfg.Redis.Mode == configs.RedisRequired {
		if err := b.redis.Ping(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("redis does not answer and redis.mode is required: %w", err), b.redis.Close())
		}
	}
	b.shared = queue.NewFailover(b.redis, queue.NewLocalBoard(opt), queue.FailoverOptions{Cold: 5 * time.Second, Report: b.turned, Log: log})
	b.deadlines = queue.NewDeadlines(b.shared, func(d queue.Deadline) { b.distributor.Due(d) }, queue.DeadlineOptions{
		Idle: func(d queue.Deadline) bool { return b.distributor.Idle(d) }, Log: log,
	})
	b.lease = queue.NewNode(b.shared, queue.NodeOptions{
		Orphan: func(k queue.Known) { b.distributor.Recovered(queue.Leased{Orphans: []queue.Known{k}}) },
		Match:  func(m queue.Match) { b.distributor.Recovered(queue.Leased{Matches: []queue.Match{m}}) },
		Lost:   func() { b.distributor.Recovered(queue.Leased{Lost: true}) },
		Log:    log,
	})
	return b, nil
}

func (b *sharedBoard) begin(d *queue.Distributor, r *agent.Roster) { b.distributor, b.roster = d, r }

func (b *sharedBoard) start(house *life) {
	house.start("board", b.shared.Run)
	house.start("deadlines", b.deadlines.Run)
	house.start("lease", b.lease.Run)
}

func (b *sharedBoard) Close() error { return b.redis.Close() }

// turned says that the board changed between Redis and memory. Whoever is ready is told to the board that counts now.
func (b *sharedBoard) turned(e queue.Event) {
	b.log.Warn("the board of waiting calls has changed", "mode", e.Data["mode"])
	b.distributor.Note(e)
	b.roster.Reannounce()
}

// escalationStream is the Redis stream that carries the escalation feed; an entry's id is its sequence number.
const escalationStream = "escalations"

func (b *sharedBoard) copied(ctx context.Context) (int64, error) {
	return b.redis.StreamEnd(ctx, escalationStream)
}

func (b *sharedBoard) copyEscalation(ctx context.Context, e records.FeedEntry) error {
	text, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("escalation %d: %w", e.Seq, err)
	}
	return b.redis.StreamAppend(ctx, escalationStream, e.Seq, text)
}

// nodeName is this controller's name on the board. It is made once and kept with the data, so that a restarted controller
// finds its own calls.
func nodeName(dir string) (string, error) {
	path := filepath.Join(dir, "node")
	text, err := os.ReadFile(path) //nolint:gosec // below the operator's data directory
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("node name: %w", err)
	}
	name := "n" + uuid.NewString()[:8]
	if err := os.WriteFile(path, []byte(name+"\n"), 0o640); err != nil { //nolint:gosec // no secret
		return "", fmt.Errorf("node name: %w", err)
	}
	return name, nil
}
