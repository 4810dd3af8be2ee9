package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// oldestRedis is the oldest version whose scripts and streams do what the board asks.
const oldestRedis = "6.2.0"

// diagnoseRedis examines the shared board: reachable, new enough, keeping its data over a restart.
func diagnoseRedis(ctx context.Context, url string) []diagnosis {
	if url == "" {
		return []diagnosis{{part: "redis", good: true, detail: "inside the server: for " + evaluation + "; set redis.url for service"}}
	}
	conn, err := dialRedis(ctx, url)
	if err != nil {
		return []diagnosis{{part: "redis", detail: err.Error(), mend: redisRemedy(err)}}
	}
	defer conn.close()
	info, err := conn.ask("INFO")
	if err != nil {
		return []diagnosis{{part: "redis", detail: err.Error(), mend: redisRemedy(err)}}
	}
	facts := infoFacts(info)
	found := []diagnosis{redisVersion(facts["redis_version"])}
	if role := facts["role"]; role != "master" {
		found = append(found, diagnosis{part: "redis role", detail: "this is a replica, which cannot be written", mend: "point redis.url at the master"})
	}
	if facts["aof_enabled"] == "1" {
		found = append(found, diagnosis{part: "redis persistence", good: true, detail: "append-only file is on"})
	} else {
		found = append(found, diagnosis{
			part: "redis persistence", detail: "append-only file is off: a restart loses the places of waiting callers until the controllers rewrite them",
			mend: "redis-cli CONFIG SET appendonly yes, then CONFIG REWRITE (appendfsync everysec is enough)",
		})
	}
	if policy := facts["maxmemory_policy"]; facts["maxmemory"] != "" && facts["maxmemory"] != "0" && policy != "noeviction" {
		found = append(found, diagnosis{
			part: "redis eviction", detail: "policy " + policy + " may throw waiting calls away",
			mend: "redis-cli CONFIG SET maxmemory-policy noeviction",
		})
	}
	return found
}

func redisVersion(version string) diagnosis {
	if olderThan(version, oldestRedis) {
		return diagnosis{part: "redis", detail: "is version " + version, mend: "install " + oldestRedis + " or newer"}
	}
	return diagnosis{part: "redis", good: true, detail: "answers, version " + version}
}

// infoFacts reads the answer to INFO: lines of name:value.
func infoFacts(text string) map[string]string {
	facts := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			facts[name] = value
		}
	}
	return facts
}

// olderThan compares dotted versions number by number; what is no number counts as 0.
func olderThan(version, limit string) bool {
	have, want := strings.Split(version, "."), strings.Split(limit, ".")
	for i := range want {
		var h int
		if i < len(have) {
			h, _ = strconv.Atoi(have[i])
		}
		w, _ := strconv.Atoi(want[i])
		if h != w {
			return h < w
		}
	}
	return false
}

func redisRemedy(err error) string {
	var refused redisError
	switch {
	case errors.As(err, &refused) && (strings.HasPrefix(string(refused), "NOAUTH") || strings.HasPrefix(string(refused), "WRONGPASS")):
		return "put user and password into redis.url: redis://user:password@host:6379/0"
	case errors.As(err, &refused):
		return "read what Redis says; `redis-cli PING` must answer PONG"
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded):
		return "it did not answer in time: check the address in redis.url and firewalls"
	}
	return fmt.Sprintf("start it (Debian: apt install redis-server), or set redis.url (%s) to where it runs", "HOTLINE_REDIS_URL")
}
