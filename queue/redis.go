package queue

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/*.lua
var luaFiles embed.FS

// RedisBoard is the Board that all nodes share. Every method is one Lua script run by its hash, one round trip; Restore
// alone takes several. All keys carry one {tag}, so that a Cluster keeps a hotline in one slot.
type RedisBoard struct {
	opt      BoardOptions
	client   redis.UniversalClient
	scripts  map[string]*redis.Script
	leased   atomic.Bool
	hold     hold
	commands atomic.Int64
	plain    atomic.Int64 // steps that took the short way of a script
}

var (
	_ Board  = (*RedisBoard)(nil)
	_ holder = (*RedisBoard)(nil)
)

// NewRedisBoard makes a board on a client. The client should not repeat commands by itself (MaxRetries -1): the answer of
// the first try, lost on the way, may have named matches.
func NewRedisBoard(client redis.UniversalClient, opt BoardOptions) *RedisBoard {
	return &RedisBoard{opt: opt.withDefaults(), client: client, scripts: loadScripts()}
}

// loadScripts joins each script with the files that its first line names: "-- after a.lua b.lua".
func loadScripts() map[string]*redis.Script {
	text := func(name string) string {
		b, err := fs.ReadFile(luaFiles, "lua/"+name)
		if err != nil {
			panic(err) // the files are part of the binary
		}
		return string(b)
	}
	entries, err := fs.ReadDir(luaFiles, "lua")
	if err != nil {
		panic(err)
	}
	scripts := make(map[string]*redis.Script, len(entries))
	for _, e := range entries {
		body := text(e.Name())
		first, _, _ := strings.Cut(body, "\n")
		names, ok := strings.CutPrefix(first, "-- after")
		if !ok {
			continue // a part of others
		}
		var whole strings.Builder
		for name := range strings.FieldsSeq(names) {
			whole.WriteString(text(name))
		}
		whole.WriteString(body)
		scripts[strings.TrimSuffix(e.Name(), ".lua")] = redis.NewScript(whole.String())
	}
	return scripts
}

// OpenBoard is DialBoard for those who go on without a server that answers; only an address that cannot be read is an error.
func OpenBoard(url string, opt BoardOptions) (*RedisBoard, error) {
	client, err := openRedis(url)
	if err != nil {
		return nil, fmt.Errorf("queue: redis address: %w", err)
	}
	return NewRedisBoard(client, opt), nil
}

// DialBoard connects to redis://, rediss://, unix://, redis-cluster:// or redis-sentinel://host:port?master_name=NAME (the
// parameters are go-redis') and checks that a server answers.
func DialBoard(ctx context.Context, url string, opt BoardOptions) (*RedisBoard, error) {
	b, err := OpenBoard(url, opt)
	if err != nil {
		return nil, err
	}
	if err := b.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("queue: redis does not answer: %w", err), b.Close())
	}
	return b, nil
}

func openRedis(url string) (redis.UniversalClient, error) {
	const noRetries = -1
	if rest, ok := strings.CutPrefix(url, "redis-cluster://"); ok {
		o, err := redis.ParseClusterURL("redis://" + rest)
		if err != nil {
			return nil, err
		}
		o.MaxRetries, o.ContextTimeoutEnabled = noRetries, true
		return redis.NewClusterClient(o), nil
	}
	if rest, ok := strings.CutPrefix(url, "redis-sentinel://"); ok {
		o, err := redis.ParseFailoverURL("redis://" + rest)
		if err != nil {
			return nil, err
		}
		o.MaxRetries, o.ContextTimeoutEnabled = noRetries, true
		return redis.NewFailoverClient(o), nil
	}
	o, err := redis.ParseURL(url)
	if err != nil {
		return nil, err
	}
	o.MaxRetries, o.ContextTimeoutEnabled = noRetries, true
	return redis.NewClient(o), nil
}

// Ping says whether the server answers and has its data loaded.
func (b *RedisBoard) Ping(ctx context.Context) error {
	b.commands.Add(1)
	return b.client.Ping(ctx).Err()
}

// Close ends the connections.
func (b *RedisBoard) Close() error { return b.client.Close() }

// Mode is ModeShared.
func (b *RedisBoard) Mode() string { return ModeShared }

// Commands counts the commands sent to Redis.
func (b *RedisBoard) Commands() int64 { return b.commands.Load() }

// run runs a script. Its result begins with a state word; what is not "ok" but an outcome of the contract is an error here.
func (b *RedisBoard) run(ctx context.Context, script string, args ...any) (reply, error) {
	b.commands.Add(1)
	all := append([]any{b.opt.Node, millis(b.opt.Now()), b.opt.StreamMax}, args...)
	list, err := b.scripts[script].Run(ctx, b.client, []string{b.opt.Prefix}, all...).Slice()
	if err != nil {
		return nil, fmt.Errorf("queue: redis %s: %w", script, err)
	}
	r := reply(list)
	switch state := r.text(0); state {
	case "unknown":
		return r, ErrUnknown
	case "fenced":
		return r, ErrFenced
	case "taken":
		return r, ErrTaken
	case "busy":
		return r, ErrBusy
	case "full":
		return r, ErrFull
	case "plain":
		b.plain.Add(1)
	}
	return r, nil
}

// StreamAppend adds one numbered entry to a stream of the hotline, readable as Redis stream "<prefix>:<name>" with the id
// "<seq>-0" and the field "json". Adding what is there already, or what is older than the newest, changes nothing, so a feed
// can be continued after a fault without a gap and without a double.
func (b *RedisBoard) StreamAppend(ctx context.Context, name string, seq int64, payload []byte) error {
	b.commands.Add(1)
	err := b.client.XAdd(ctx, &redis.XAddArgs{
		Stream: b.opt.Prefix + ":" + name, ID: strconv.FormatInt(seq, 10) + "-0",
		MaxLen: b.opt.StreamMax, Approx: true, Values: []any{"json", payload},
	}).Err()
	if err != nil && !strings.Contains(err.Error(), "equal or smaller") {
		return fmt.Errorf("queue: redis stream %s: %w", name, err)
	}
	return nil
}

// StreamEnd gives the number of the newest entry of a stream, 0 when there is none.
func (b *RedisBoard) StreamEnd(ctx context.Context, name string) (int64, error) {
	b.commands.Add(1)
	last, err := b.client.XRevRangeN(ctx, b.opt.Prefix+":"+name, "+", "-", 1).Result()
	if err != nil {
		return 0, fmt.Errorf("queue: redis stream %s: %w", name, err)
	}
	if len(last) == 0 {
		return 0, nil
	}
	seq, _, _ := strings.Cut(last[0].ID, "-")
	return strconv.ParseInt(seq, 10, 64)
}

// Calls implements Board.
func (b *RedisBoard) Calls(ctx context.Context, switchName string) ([]string, error) {
	b.commands.Add(1)
	ids, err := b.client.SMembers(ctx, b.opt.Prefix+":sw:"+switchName).Result()
	if err != nil {
		return nil, fmt.Errorf("queue: redis calls: %w", err)
	}
	return sorted(ids), nil
}

// driven lists the calls of this node.
func (b *RedisBoard) driven(ctx context.Context) ([]string, error) {
	b.commands.Add(1)
	ids, err := b.client.ZRange(ctx, b.opt.Prefix+":due:"+b.opt.Node, 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("queue: redis calls: %w", err)
	}
	return sorted(ids), nil
}

// Know implements Board.
func (b *RedisBoard) Know(ctx context.Context, number string, c Caller) error {
	if number == "" {
		return nil
	}
	b.commands.Add(1)
	key := b.opt.Prefix + ":who:" + number
	var err error
	if c.empty() {
		err = b.client.Del(ctx, key).Err()
	} else {
		err = b.client.Set(ctx, key, c.packed(), 0).Err()
	}
	if err != nil {
		return fmt.Errorf("queue: redis know: %w", err)
	}
	return nil
}

// Wakes gives a bell that rings when this node has mail, until ctx ends; wait returns when nothing runs for it any more.
// A missed ring does no harm: Lease finds the mail.
func (b *RedisBoard) Wakes(ctx context.Context) (bell <-chan struct{}, wait func()) {
	ring, ended := make(chan struct{}, 1), make(chan struct{})
	sub := b.client.Subscribe(ctx, b.opt.Prefix+":wake:"+b.opt.Node)
	go func() {
		defer close(ended)
		defer sub.Close()
		letters := sub.Channel()
		for {
			select {
			case <-ctx.Done():
				return
			case _, ok := <-letters:
				if !ok {
					return
				}
				select {
				case ring <- struct{}{}:
				default:
				}
			}
		}
	}()
	return ring, func() { <-ended }
}
