package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"
)

// The boards are compared step by step under random orders: the same results, the same lists, and the rules of a board.

var modelNodes = []string{"n1", "n2"}

// model is the board in memory and the board in Redis, given the same orders. A second board in Redis never takes the short
// way of a script: both must be left with the same keys.
type model struct {
	*clock
	t     rapid.TB
	ctx   context.Context
	table *table
	local map[string]*LocalBoard
	redis map[string]*RedisBoard
	long  map[*RedisBoard]*RedisBoard
	kept  map[string][]Standing // what each node knew at some time
	plain map[string]int        // how often an order went the short way
	busy  bool                  // only the orders of every day, and mostly plain ones
	rang  map[string]bool       // call and agent, who rang after the last step or were written back by this one
}

func TestBoardsAgreeOnMiniredis(t *testing.T) {
	testBoardsAgree(t, "redis://"+miniredis.RunT(t).Addr())
}

func TestBoardsAgreeOnRedisServer(t *testing.T) { testBoardsAgree(t, startRedis(t).url()) }

func testBoardsAgree(t *testing.T, url string) {
	client, err := openRedis(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	var n atomic.Int64
	long, plain := longScripts(t), map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		m := newModel(t, rt, client, fmt.Sprintf("{m%d}", n.Add(1)), long)
		m.busy, m.plain = rapid.Bool().Draw(rt, "busy"), plain
		orders := map[string]func(*rapid.T){
			"enqueue": m.enqueue, "enqueue2": m.enqueue, "ready": m.ready, "ready2": m.ready, "widen": m.widen, "answer": m.answer, "miss": m.miss, "leave": m.leave,
			"time": func(t *rapid.T) { m.pass(time.Duration(rapid.IntRange(1, 4000).Draw(t, "ms")) * time.Millisecond) },
			"":     func(*rapid.T) { m.compare(); m.rules() },
		}
		if !m.busy {
			maps.Copy(orders, map[string]func(*rapid.T){
				"unready": m.unready, "miss2": m.miss, "reopen": m.reopen, "move": m.move, "know": m.know, "adopt": m.adopt,
				"keep": m.keep, "restore": m.restore, "lease": m.lease, "fire": m.fire, "arm": m.arm,
			})
		}
		rt.Repeat(orders)
	})
	for _, order := range []string{"enqueue", "ready"} {
		if plain[order] == 0 {
			t.Errorf("%q never went the short way", order)
		}
	}
	t.Logf("the short way was taken by %v", plain)
}

func newModel(t *testing.T, tb rapid.TB, client redis.UniversalClient, prefix string, long map[string]*redis.Script) *model {
	m := &model{
		clock: newClock(), t: tb, ctx: t.Context(), local: map[string]*LocalBoard{}, redis: map[string]*RedisBoard{},
		long: map[*RedisBoard]*RedisBoard{}, kept: map[string][]Standing{}, plain: map[string]int{}, rang: map[string]bool{},
	}
	first := NewLocalBoard(BoardOptions{Node: modelNodes[0], Now: m.Now})
	m.table = first.t
	for _, node := range modelNodes {
		m.local[node] = first.Beside(node)
		m.redis[node] = NewRedisBoard(client, BoardOptions{Node: node, Prefix: prefix, Now: m.Now})
		other := NewRedisBoard(client, BoardOptions{Node: node, Prefix: prefix + "long", Now: m.Now})
		other.scripts = long
		m.long[m.redis[node]] = other
	}
	return m
}

// longScripts are the scripts without their short ways.
func longScripts(t *testing.T) map[string]*redis.Script {
	scripts := loadScripts()
	for _, name := range []string{"enqueue", "ready"} {
		var whole strings.Builder
		body, err := luaFiles.ReadFile("lua/" + name + ".lua")
		if err != nil {
			t.Fatal(err)
		}
		parts, _, _ := strings.Cut(string(body), "\n")
		rest, ok := strings.CutPrefix(parts, "-- after "+name+"_plain.lua ")
		if !ok {
			t.Fatalf("%s.lua does not begin with its short way: %s", name, parts)
		}
		for part := range strings.FieldsSeq(rest) {
			text, err := luaFiles.ReadFile("lua/" + part)
			if err != nil {
				t.Fatal(err)
			}
			whole.Write(text)
		}
		whole.Write(body)
		scripts[name] = redis.NewScript(whole.String())
	}
	return scripts
}

func draw[T any](t *rapid.T, name string, of ...T) T { return rapid.SampledFrom(of).Draw(t, name) }

func (m *model) nodes(t *rapid.T) (local, redis Board) {
	n := draw(t, "node", modelNodes...)
	if m.busy {
		n = draw(t, "mostly", "n1", "n1", "n1", n)
	}
	return m.local[n], m.redis[n]
}

func (m *model) call(t *rapid.T) string {
	return draw(t, "call", "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7")
}

func (m *model) agent(t *rapid.T) string {
	if talkers := m.talkers(); m.busy && len(talkers) > 0 && rapid.Bool().Draw(t, "talker") {
		return draw(t, "agent", talkers...)
	}
	return draw(t, "agent", "a0", "a1", "a2", "a3", "a4", "boss")
}

func (m *model) talkers() (names []string) {
	for name, a := range m.table.agents {
		if a.talking {
			names = append(names, name)
		}
	}
	return sorted(names)
}

func (m *model) queue(t *rapid.T) string { return draw(t, "queue", "q0", "q1", "q2") }

func (m *model) team(t *rapid.T) string { return draw(t, "team", "", "north", "south") }
func (m *model) instant(t *rapid.T) time.Time {
	return m.Now().Add(time.Duration(rapid.IntRange(-9, 9).Draw(t, "s")) * time.Second)
}

func (m *model) step(t *rapid.T) Step {
	return Step{Who: draw(t, "who", "", StepBest, StepBest, StepTeam, StepEveryone, StepManager), More: rapid.IntRange(0, 3).Draw(t, "more"), Team: m.team(t)}
}

func (m *model) due(t *rapid.T) []Due {
	return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) Due {
		return Due{m.instant(t), draw(t, "kind", "step:2", "step:3", "max-wait")}
	}), 0, 3, func(d Due) string { return d.Kind }).Draw(t, "due")
}

// same gives all boards an order and demands one result.
func same[T any](m *model, local, redis Board, order func(Board) (T, error)) {
	a, errA := order(local)
	b, errB := order(redis)
	if !errors.Is(errB, errA) || errA == nil && errB != nil || !reflect.DeepEqual(a, b) {
		m.t.Fatalf("local %+v %v\nredis %+v %v", a, errA, b, errB)
	}
	long := m.long[redis.(*RedisBoard)]
	l, errL := order(long)
	if !errors.Is(errL, errA) || errA == nil && errL != nil || !reflect.DeepEqual(a, l) {
		m.t.Fatalf("local %+v %v\nredis, the long way, %+v %v", a, errA, l, errL)
	}
	if long.plain.Load() > 0 {
		m.t.Fatal("a script without its short way took it")
	}
}

// short is same for an order that has a short way: when it was taken, both boards in Redis hold the same, key by key.
func short[T any](m *model, name string, local, redis Board, order func(Board) (T, error)) {
	r := redis.(*RedisBoard)
	before := r.plain.Load()
	same(m, local, redis, order)
	if r.plain.Load() == before {
		return
	}
	m.plain[name]++
	if short, long := m.dump(r), m.dump(m.long[r]); !reflect.DeepEqual(short, long) {
		for key := range long {
			if !reflect.DeepEqual(short[key], long[key]) {
				m.t.Errorf("%s after %s: %v; the long way %v", key, name, short[key], long[key])
			}
		}
		m.t.Fatalf("keys after %s: %v; the long way %v", name, slices.Sorted(maps.Keys(short)), slices.Sorted(maps.Keys(long)))
	}
}

// dump is everything under a board's prefix.
func (m *model) dump(b *RedisBoard) map[string]any {
	all := map[string]any{}
	keys, err := b.client.Keys(m.ctx, b.opt.Prefix+":*").Result()
	if err != nil {
		m.t.Fatal(err)
	}
	for _, key := range keys {
		kind, err := b.client.Type(m.ctx, key).Result()
		if err != nil {
			m.t.Fatal(err)
		}
		var value any
		switch kind {
		case "string":
			value, err = b.client.Get(m.ctx, key).Result()
		case "hash":
			value, err = b.client.HGetAll(m.ctx, key).Result()
		case "set":
			var members []string
			members, err = b.client.SMembers(m.ctx, key).Result()
			value = sorted(members)
		case "zset":
			value, err = b.client.ZRangeWithScores(m.ctx, key, 0, -1).Result()
		case "list":
			value, err = b.client.LRange(m.ctx, key, 0, -1).Result()
		case "stream": // its newest entry: the ids are times
			last, errLast := b.client.XRevRangeN(m.ctx, key, "+", "-", 1).Result()
			value, err = last[0].Values, errLast
		default:
			m.t.Fatalf("%s is a %s", key, kind)
		}
		if err != nil {
			m.t.Fatal(err)
		}
		all[strings.TrimPrefix(key, b.opt.Prefix)] = value
	}
	return all
}

func (m *model) enqueue(t *rapid.T) {
	local, redis := m.nodes(t)
	w := Waiting{
		Call: m.call(t), Switch: draw(t, "switch", "s1", "s2"), Queue: m.queue(t), Number: draw(t, "number", "", "+1", "+2"),
		Ring1: m.instant(t), Budget: 15 * time.Second, Priority: rapid.IntRange(0, 2).Draw(t, "priority"),
		MaxWaiting: rapid.IntRange(0, 4).Draw(t, "max"), First: m.step(t), Deadlines: m.due(t), Token: draw(t, "token", "", "tok"), Keep: draw(t, "keep", "", "", "", "a0", "a1", "boss"),
		Ringing: rapid.SliceOfNDistinct(rapid.Just("a1"), 0, 1, rapid.ID).Draw(t, "ringing"),
	}
	if m.busy || rapid.Bool().Draw(t, "plain") {
		w.First, w.Keep, w.Ringing = one, "", nil
	}
	short(m, "enqueue", local, redis, func(b Board) (Enqueued, error) { return b.Enqueue(m.ctx, w) })
}

func (m *model) ready(t *rapid.T) {
	local, redis := m.nodes(t)
	agent := m.agent(t)
	team := m.team(t)
	if w := m.table.agents[agent]; m.busy && w != nil {
		team = w.Team
	}
	a := Idle{Agent: agent, Team: team, Since: m.instant(t), Calls: rapid.IntRange(0, 3).Draw(t, "calls"), Last: m.instant(t)}
	if !m.busy {
		a.Lacks = draw(t, "lacks", nil, nil, []string{"s1"}, []string{"s2"}, []string{"s1", "s2"}, []string{"s3"})
	} else if rapid.IntRange(0, 7).Draw(t, "elsewhere") == 0 {
		a.Lacks = []string{"s1"}
	}
	fewest := flag(m.busy)
	for _, q := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"q0", "q1", "q2"}), fewest, 3, rapid.ID).Draw(t, "queues") {
		strategy := map[string]string{"q0": StrategyLongestIdle, "q1": StrategyRoundRobin, "q2": StrategyFewestCalls}[q]
		if q == "q2" {
			strategy = draw(t, "strategy", strategy, StrategyRingAll)
		}
		a.Queues = append(a.Queues, Level{Queue: q, Level: rapid.IntRange(1, 3).Draw(t, "level"), Strategy: strategy, Manager: a.Agent == "boss"})
	}
	short(m, "ready", local, redis, func(b Board) ([]Match, error) { return b.Ready(m.ctx, a) })
}

func (m *model) unready(t *rapid.T) {
	local, redis := m.nodes(t)
	agent := m.agent(t)
	same(m, local, redis, func(b Board) (string, error) { return b.Unready(m.ctx, agent) })
}

// epoch is mostly the present one.
func (m *model) epoch(t *rapid.T, call string) int64 {
	if c := m.table.calls[call]; c != nil && rapid.IntRange(0, 5).Draw(t, "stale") > 0 {
		return c.epoch
	}
	return 1
}

func (m *model) widen(t *rapid.T) {
	local, redis := m.nodes(t)
	call, step := m.call(t), m.step(t)
	epoch := m.epoch(t, call)
	same(m, local, redis, func(b Board) ([]Match, error) { return b.Widen(m.ctx, call, epoch, step) })
}

func (m *model) answer(t *rapid.T) {
	local, redis := m.nodes(t)
	call, agent := m.call(t), m.agent(t)
	if c := m.table.calls[call]; c != nil && len(c.ringing) > 0 {
		agent = draw(t, "ringing", append(c.known().Ringing, agent)...)
	}
	same(m, local, redis, func(b Board) (Won, error) { return b.Answer(m.ctx, call, agent, m.Now()) })
}

func (m *model) miss(t *rapid.T) {
	local, redis := m.nodes(t)
	call, agent, requeue := m.call(t), m.agent(t), rapid.Bool().Draw(t, "requeue")
	if c := m.table.calls[call]; c != nil && len(c.ringing) > 0 {
		agent = draw(t, "ringing", c.known().Ringing...)
	}
	same(m, local, redis, func(b Board) ([]Match, error) { return b.Miss(m.ctx, call, agent, requeue) })
}

func (m *model) leave(t *rapid.T) {
	local, redis := m.nodes(t)
	call := m.call(t)
	same(m, local, redis, func(b Board) (Left, error) { return b.Leave(m.ctx, call) })
}

func (m *model) reopen(t *rapid.T) {
	local, redis := m.nodes(t)
	call, agent := m.call(t), m.agent(t)
	if c := m.table.calls[call]; c != nil && c.winner != "" {
		agent = draw(t, "winner", agent, c.winner)
	}
	same(m, local, redis, func(b Board) ([]Match, error) { return b.Reopen(m.ctx, call, agent) })
}

func (m *model) move(t *rapid.T) {
	local, redis := m.nodes(t)
	call, queue := m.call(t), m.queue(t)
	same(m, local, redis, func(b Board) ([]Match, error) { return b.Move(m.ctx, call, queue) })
}

func (m *model) know(t *rapid.T) {
	local, redis := m.nodes(t)
	number := draw(t, "number", "+1", "+2")
	c := Caller{Team: m.team(t), Priority: rapid.IntRange(0, 1).Draw(t, "priority")}
	if n := rapid.IntRange(0, 2).Draw(t, "owners"); n > 0 {
		c.Owners = []string{"boss", "a0"}[:n]
	}
	same(m, local, redis, func(b Board) (struct{}, error) { return struct{}{}, b.Know(m.ctx, number, c) })
}

func (m *model) adopt(t *rapid.T) {
	local, redis := m.nodes(t)
	call := m.call(t)
	same(m, local, redis, func(b Board) (Known, error) { return b.Adopt(m.ctx, call) })
}

func (m *model) lease(t *rapid.T) {
	local, redis := m.nodes(t)
	same(m, local, redis, func(b Board) (Leased, error) { return b.Lease(m.ctx, 3*time.Second) })
}

func (m *model) keep(t *rapid.T) {
	n := draw(t, "node", modelNodes...)
	m.kept[n] = append(m.kept[n], m.local[n].Standing())
}

// restore writes what a node knew once, however the world went on.
func (m *model) restore(t *rapid.T) {
	n := draw(t, "node", modelNodes...)
	if len(m.kept[n]) == 0 {
		t.Skip("nothing kept")
	}
	s := rapid.SampledFrom(m.kept[n]).Draw(t, "kept")
	for _, k := range s.Calls {
		for _, agent := range k.Ringing {
			m.rang[k.Call+" "+agent] = true
		}
	}
	same(m, m.local[n], m.redis[n], func(b Board) ([]string, error) { return b.Restore(m.ctx, s) })
}

func (m *model) arm(t *rapid.T) {
	local, redis := m.nodes(t)
	call, due := m.call(t), m.due(t)
	epoch := m.epoch(t, call)
	same(m, local, redis, func(b Board) (struct{}, error) { return struct{}{}, b.Arm(m.ctx, call, epoch, due) })
}

func (m *model) fire(t *rapid.T) {
	local, redis := m.nodes(t)
	same(m, local, redis, func(b Board) ([]Deadline, error) { return b.Due(m.ctx, m.Now(), 3) })
	call := m.call(t)
	d := Deadline{Call: call, Epoch: m.epoch(t, call), Kind: draw(t, "kind", "step:2", "step:3", "max-wait")}
	same(m, local, redis, func(b Board) (bool, error) { return b.Fire(m.ctx, d) })
}

// compare holds every call and every list of Redis against memory.
func (m *model) compare() {
	local, redis := m.local["n1"], m.redis["n1"]
	for i := range 8 {
		same(m, local, redis, func(b Board) (Known, error) { return b.Lookup(m.ctx, fmt.Sprintf("c%d", i)) })
	}
	for _, s := range []string{"s1", "s2"} {
		same(m, local, redis, func(b Board) ([]string, error) { return b.Calls(m.ctx, s) })
	}
	t := m.table
	for _, q := range []string{"q0", "q1", "q2"} {
		m.compareList("line:"+q, t.line.of(q))
		m.compareList("want:"+q, t.want.of(q))
		m.compareList("wantm:"+q, t.wantManagers.of(q))
		m.compareList("idle:"+q, t.idle.of(q))
		m.compareList("mgr:"+q, t.managers.of(q))
	}
	for _, team := range []string{"north", "south"} {
		members, err := redis.client.SMembers(m.ctx, redis.opt.Prefix+":team:"+team).Result()
		if err != nil {
			m.t.Fatal(err)
		}
		if want := slices.Sorted(maps.Keys(t.teams[team])); !slices.Equal(sorted(members), want) {
			m.t.Fatalf("team %s: redis %v, local %v", team, members, want)
		}
	}
	for _, agent := range []string{"a0", "a1", "boss"} {
		m.compareList("own:"+agent, t.own.of(agent))
		m.compareList("kept:"+agent, t.kept.of(agent))
	}
	for _, node := range modelNodes {
		m.compareList("due:"+node, t.due.of(node))
	}
	for _, agent := range []string{"a0", "a1", "a2", "a3", "a4", "boss"} {
		row, err := redis.client.HGetAll(m.ctx, redis.opt.Prefix+":a:"+agent).Result()
		if err != nil {
			m.t.Fatal(err)
		}
		a := t.agents[agent]
		if a == nil && len(row) == 0 {
			continue
		}
		if a == nil || len(row) == 0 || row["k"] != a.claim || row["f"] != a.after || (row["x"] != "") != a.talking || cmp.Or(row["s"], "0") != fmt.Sprint(millis(a.Since)) || row["p"] != packNames(a.Lacks) {
			m.t.Fatalf("agent %s: redis %v, local %+v", agent, row, a)
		}
	}
}

func (m *model) compareList(key string, list iter.Seq[rank]) {
	want := slices.Collect(list)
	redis := m.redis["n1"]
	members, err := redis.client.ZRangeWithScores(m.ctx, redis.opt.Prefix+":"+key, 0, -1).Result()
	if err != nil {
		m.t.Fatal(err)
	}
	var got []rank
	for _, z := range members {
		got = append(got, rank{int64(z.Score), fmt.Sprint(z.Member)})
	}
	if !slices.Equal(got, want) {
		m.t.Fatalf("%s: redis %v, local %v", key, got, want)
	}
}

// rules are the promises of a board, whatever happened before.
func (m *model) rules() {
	t := m.table
	rings, rang := map[string]string{}, map[string]bool{}
	for id, c := range t.calls {
		if c.winner != "" && len(c.ringing) > 0 {
			m.t.Fatalf("%s is answered and rings %v", id, c.ringing)
		}
		for agent := range c.ringing {
			if other := rings[agent]; other != "" {
				m.t.Fatalf("%s rings for %s and %s", agent, id, other)
			}
			rings[agent] = id
			if a := t.agents[agent]; a == nil || a.claim != id || a.talking {
				m.t.Fatalf("%s rings for %s and does not know it: %+v", agent, id, a)
			}
		}
		for agent, why := range c.ringing {
			// Where the phone is counts when they are matched, not for a phone that rings already.
			if rang[id+" "+agent] = true; !m.rang[id+" "+agent] && why != whyAdopted && slices.Contains(t.agents[agent].Lacks, c.Switch) {
				m.t.Fatalf("%s rings for %s of %s, where their phone is not", agent, id, c.Switch)
			}
			if c.Keep != "" && agent != c.Keep && why != whyAdopted {
				m.t.Fatalf("%s is kept for %s and rings %s: %s", id, c.Keep, agent, why)
			}
		}
		if waits := t.line.place(c.Queue, id) >= 0; waits != (c.winner == "") {
			m.t.Fatalf("%s in line: %v, winner %q", id, waits, c.winner)
		}
	}
	m.rang = rang
	for name, a := range t.agents {
		if a.claim == "" {
			m.idle(a)
			continue
		}
		c := t.calls[a.claim]
		if c == nil || a.talking && c.winner != name || !a.talking && c.ringing[name] == "" {
			m.t.Fatalf("%s is claimed by %s, which does not know it", name, a.claim)
		}
		for _, l := range a.Queues {
			if t.idle.place(l.Queue, name) >= 0 || t.managers.place(l.Queue, name) >= 0 {
				m.t.Fatalf("%s is idle and claimed", name)
			}
		}
	}
}

// idle checks that nothing waits for an idle agent who did not miss it and whose phone can ring for it.
func (m *model) idle(a *worker) {
	reached := func(c *standing) bool { return !slices.Contains(a.Lacks, c.Switch) }
	for e := range m.table.kept.of(a.Agent) {
		if c := m.table.calls[e.id]; len(c.ringing) == 0 && reached(c) {
			m.t.Fatalf("%s is kept for %s, who is idle", e.id, a.Agent)
		}
	}
	for e := range m.table.own.of(a.Agent) {
		if c := m.table.calls[e.id]; !c.missed[a.Agent] && reached(c) && len(c.ringing)-c.ringManagers < c.agents {
			m.t.Fatalf("%s waits while its owner %s is idle", e.id, a.Agent)
		}
	}
	for _, l := range a.Queues {
		list := m.table.want.of(l.Queue)
		if l.Manager {
			list = m.table.wantManagers.of(l.Queue)
		}
		for e := range list {
			if c := m.table.calls[e.id]; !c.missed[a.Agent] && reached(c) {
				m.t.Fatalf("%s waits while %s is idle", e.id, a.Agent)
			}
		}
	}
}
