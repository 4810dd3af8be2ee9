package queue

import (
	"cmp"
	"slices"
)

// rank is a place in a ranking: lower scores first, then ids byte by byte, as in a Redis sorted set.
type rank struct {
	score int64
	id    string
}

func (r rank) compare(o rank) int {
	return cmp.Or(cmp.Compare(r.score, o.score), cmp.Compare(r.id, o.id))
}

// ranking is a sorted set. A slice does: places are found by bisection, calls arrive near the end and leave near the front.
type ranking struct {
	order []rank
	score map[string]int64
}

func (r *ranking) put(id string, score int64) {
	if old, ok := r.score[id]; ok {
		if old == score {
			return
		}
		r.drop(id)
	}
	if r.score == nil {
		r.score = make(map[string]int64)
	}
	r.score[id] = score
	i, _ := slices.BinarySearchFunc(r.order, rank{score, id}, rank.compare)
	r.order = slices.Insert(r.order, i, rank{score, id})
}

func (r *ranking) drop(id string) {
	if i := r.place(id); i >= 0 {
		r.order = slices.Delete(r.order, i, i+1)
		delete(r.score, id)
	}
}

// place is the number of entries before id, -1 when it is not there.
func (r *ranking) place(id string) int {
	score, ok := r.score[id]
	if !ok {
		return -1
	}
	i, _ := slices.BinarySearchFunc(r.order, rank{score, id}, rank.compare)
	return i
}

// rankings is a family of rankings by name; reading a missing one gives an empty one.
type rankings map[string]*ranking

func (rs rankings) of(name string) []rank {
	if r := rs[name]; r != nil {
		return r.order
	}
	return nil
}

func (rs rankings) put(name, id string, score int64) {
	r := rs[name]
	if r == nil {
		r = &ranking{}
		rs[name] = r
	}
	r.put(id, score)
}

func (rs rankings) drop(name, id string) {
	r := rs[name]
	if r == nil {
		return
	}
	if r.drop(id); len(r.order) == 0 {
		delete(rs, name)
	}
}

func (rs rankings) place(name, id string) int {
	if r := rs[name]; r != nil {
		return r.place(id)
	}
	return -1
}

func (rs rankings) score(name, id string) (score int64, ok bool) {
	if r := rs[name]; r != nil {
		score, ok = r.score[id]
	}
	return score, ok
}
