package agent

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/claim.lua
var claimScript string

//go:embed lua/save.lua
var saveScript string

// RedisStore is the Store for service. Two keys, with the hotline's hash-tag as prefix so that they share a slot:
// <prefix>:presence:epoch and <prefix>:presence, a hash of login → "<version> <json>".
type RedisStore struct {
	client      redis.UniversalClient
	epoch, hash string
	claim, save *redis.Script
}

// DialStore makes a store on the Redis at url (redis://, rediss://, unix://, redis-cluster://, redis-sentinel://, with
// the parameters of go-redis), with a prefix like "{hotline}". ctx bounds a first contact, which only warms the pool: a
// Redis that is down is no error here, presence goes on without it. Errors: a url that cannot be understood.
func DialStore(ctx context.Context, url, prefix string) (*RedisStore, error) {
	client, err := openRedis(url)
	if err != nil {
		return nil, fmt.Errorf("agent: redis url: %w", err)
	}
	_ = client.Ping(ctx).Err() // see above
	return newRedisStore(client, prefix), nil
}

// openRedis makes a client that neither repeats nor waits by itself: the copier repeats, with the latest state.
func openRedis(url string) (redis.UniversalClient, error) {
	const noRetries, once, connections = -1, 1, 2
	if rest, ok := strings.CutPrefix(url, "redis-cluster://"); ok {
		o, err := redis.ParseClusterURL("redis://" + rest)
		if err != nil {
			return nil, err
		}
		o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = noRetries, once, true
		return redis.NewClusterClient(o), nil
	}
	if rest, ok := strings.CutPrefix(url, "redis-sentinel://"); ok {
		o, err := redis.ParseFailoverURL("redis://" + rest)
		if err != nil {
			return nil, err
		}
		o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = noRetries, once, true
		return redis.NewFailoverClient(o), nil
	}
	o, err := redis.ParseURL(url)
	if err != nil {
		return nil, err
	}
	o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled, o.PoolSize = noRetries, once, true, connections
	return redis.NewClient(o), nil
}

func newRedisStore(client redis.UniversalClient, prefix string) *RedisStore {
	return &RedisStore{
		client: client, epoch: prefix + ":presence:epoch", hash: prefix + ":presence",
		claim: redis.NewScript(claimScript), save: redis.NewScript(saveScript),
	}
}

// Close gives the connections back.
func (s *RedisStore) Close() error { return s.client.Close() }

// Claim is Store.Claim.
func (s *RedisStore) Claim(ctx context.Context, epoch, floor int64) (int64, error) {
	now, err := s.claim.Run(ctx, s.client, []string{s.epoch}, epoch, floor).Int64()
	if err != nil {
		return 0, fmt.Errorf("agent: claim presence: %w", err)
	}
	return now, nil
}

// Load is Store.Load.
func (s *RedisStore) Load(ctx context.Context) ([]Copy, error) {
	entries, err := s.client.HGetAll(ctx, s.hash).Result()
	if err != nil {
		return nil, fmt.Errorf("agent: load presence: %w", err)
	}
	copies := make([]Copy, 0, len(entries))
	var unreadable UnreadableError
	for login, entry := range entries {
		_, body, _ := strings.Cut(entry, " ")
		var c Copy
		if err := json.Unmarshal([]byte(body), &c); err != nil {
			unreadable.Logins = append(unreadable.Logins, login)
			continue
		}
		c.Login = login
		copies = append(copies, c)
	}
	if unreadable.Logins != nil {
		return copies, &unreadable
	}
	return copies, nil
}

// Save is Store.Save: one round trip for all copies.
func (s *RedisStore) Save(ctx context.Context, epoch int64, copies []Copy) (int64, []string, error) {
	args := make([]any, 1, 1+3*len(copies))
	args[0] = epoch
	for _, c := range copies {
		body := []byte(nil)
		if !c.Gone {
			var err error
			if body, err = json.Marshal(c); err != nil {
				return 0, nil, fmt.Errorf("agent: save presence of %q: %w", c.Login, err)
			}
		}
		args = append(args, c.Login, strconv.FormatInt(c.Version, 10), body)
	}
	answer, err := s.save.Run(ctx, s.client, []string{s.epoch, s.hash}, args...).Slice()
	if err != nil {
		return 0, nil, fmt.Errorf("agent: save presence: %w", err)
	}
	now, _ := answer[0].(int64)
	var stale []string
	for _, login := range answer[1:] {
		stale = append(stale, fmt.Sprint(login))
	}
	return now, stale, nil
}
