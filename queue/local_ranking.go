package queue

import (
	"cmp"
	"iter"
	"sort"

	"github.com/tidwall/btree"
)

// rank is a place in a ranking: lower scores first, then ids byte by byte, as in a Redis sorted set.
type rank struct {
	score int64
	id    string
}

func (r rank) compare(o rank) int {
	return cmp.Or(cmp.Compare(r.score, o.score), cmp.Compare(r.id, o.id))
}

// ranking is a sorted set: a tree for the order, a map for the scores.
type ranking struct {
	order  *btree.BTreeG[rank]
	scores map[string]int64
}

func newRanking() *ranking {
	before := func(a, b rank) bool { return a.compare(b) < 0 }
	return &ranking{order: btree.NewBTreeGOptions(before, btree.Options{NoLocks: true}), scores: map[string]int64{}}
}

func (r *ranking) put(id string, score int64) {
	if old, ok := r.scores[id]; ok {
		if old == score {
			return
		}
		r.order.Delete(rank{old, id})
	}
	r.scores[id] = score
	r.order.Set(rank{score, id})
}

func (r *ranking) drop(id string) {
	if score, ok := r.scores[id]; ok {
		r.order.Delete(rank{score, id})
		delete(r.scores, id)
	}
}

// place is the number of entries before id, which must be there.
func (r *ranking) place(id string) int {
	own := rank{r.scores[id], id}
	return sort.Search(r.order.Len(), func(i int) bool {
		e, _ := r.order.GetAt(i)
		return e.compare(own) >= 0
	})
}

// all goes through the ranking in order; nothing may change it meanwhile.
func (r *ranking) all() iter.Seq[rank] {
	return func(yield func(rank) bool) { r.order.Scan(yield) }
}

// rankings is a family of rankings by name; reading a missing one gives an empty one.
type rankings map[string]*ranking

func (rs rankings) of(name string) iter.Seq[rank] {
	if r := rs[name]; r != nil {
		return r.all()
	}
	return func(func(rank) bool) {}
}

func (rs rankings) size(name string) int {
	if r := rs[name]; r != nil {
		return len(r.scores)
	}
	return 0
}

func (rs rankings) put(name, id string, score int64) {
	r := rs[name]
	if r == nil {
		r = newRanking()
		rs[name] = r
	}
	r.put(id, score)
}

func (rs rankings) drop(name, id string) {
	r := rs[name]
	if r == nil {
		return
	}
	if r.drop(id); len(r.scores) == 0 {
		delete(rs, name)
	}
}

// place is the number of entries before id, -1 when it is not there.
func (rs rankings) place(name, id string) int {
	if _, ok := rs.score(name, id); !ok {
		return -1
	}
	return rs[name].place(id)
}

func (rs rankings) score(name, id string) (score int64, ok bool) {
	if r := rs[name]; r != nil {
		score, ok = r.scores[id]
	}
	return score, ok
}
