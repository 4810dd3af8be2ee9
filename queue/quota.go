package queue

import "cmp"

// quota counts, by caller's number, the calls that no human has answered yet, so that one number (a redialling machine, a
// loop in a customer's exchange) cannot take every place and every agent. Anonymous callers share no number and are not
// counted: a queue's own limit bounds them. The Distributor's lock guards it.
type quota struct {
	limit int // 0 = none
	calls map[string]map[string]bool
	full  map[string]bool // told already, until somebody comes through again
}

func newQuota(limit int) *quota {
	return &quota{limit: limit, calls: map[string]map[string]bool{}, full: map[string]bool{}}
}

// number is by whom a call is counted, "" for nobody.
func (c *quota) number(call Call) string { return cmp.Or(call.Number, call.Shown) }

// room says whether another call of this number may come in; first is true when it is the first that may not.
func (c *quota) room(call Call) (ok, first bool) {
	number := c.number(call)
	if c.limit <= 0 || number == "" || len(c.calls[number]) < c.limit {
		return true, false
	}
	first = !c.full[number]
	c.full[number] = true
	return false, first
}

func (c *quota) join(call Call) {
	number := c.number(call)
	if number == "" {
		return
	}
	if c.calls[number] == nil {
		c.calls[number] = map[string]bool{}
	}
	c.calls[number][call.ID] = true
}

// leave is idempotent: a call is answered, and later ends.
func (c *quota) leave(call Call) {
	number := c.number(call)
	if delete(c.calls[number], call.ID); len(c.calls[number]) == 0 {
		delete(c.calls, number)
		delete(c.full, number)
	}
}
