package main

import (
	"crypto/rand"
	"fmt"
	"log/slog"

	"github.com/alicebob/miniredis/v2"

	"hotline/configs"
)

// evaluation is what the log says while the board lives in this process.
const evaluation = "evaluation; state is lost at exit"

// redisInside gives a configuration without redis.url a small Redis inside this process, on loopback and behind a password made
// for this run. What must never be lost is in the records all the same. end is never nil without an error.
func redisInside(cfg *configs.Config, log *slog.Logger) (end func() error, err error) {
	if cfg.Redis.URL != "" {
		return func() error { return nil }, nil
	}
	server, password := miniredis.NewMiniRedis(), rand.Text()
	server.RequireAuth(password)
	if err := server.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("a Redis inside this process: %w", err)
	}
	cfg.Redis.URL = "redis://:" + password + "@" + server.Addr() + "/0"
	log.Warn("waiting calls, timers and presence are kept inside this process; set redis.url for service", "redis", evaluation)
	return func() error { server.Close(); return nil }, nil
}
