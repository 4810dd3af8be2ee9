package dispatch

import (
	"cmp"
	"slices"
	"time"

	"hotline/records"
	"hotline/records/calendar"
)

// candidate is an engineer for an order, with the reasons for and against.
type candidate struct {
	records.Engineer
	Score   int
	Best    bool
	Blocked bool // cannot come at that time
	Load    time.Duration
	Reasons []reason
}

// reason is one argument: a text "dispatch.why." + Key with its arguments, counting for or against.
type reason struct {
	Key   string
	Args  []any
	Score int
	Text  string // in the dispatcher's language
}

// wanted is what an order asks of an engineer.
type wanted struct {
	Order    string // its id: it does not stand in its own way
	Product  string
	Centre   string
	From, To time.Time // when; zero: not agreed yet
	Known    []string  // logins that served the customer before, the last first
}

// situation is what there is to choose from.
type situation struct {
	Engineers []records.Engineer
	Planned   []records.Order // of everybody, around the time wanted
	Absences  []records.Absence
	Calendar  func(centre string) *calendar.Calendar
	WeekFrom  time.Time // the week whose load counts
	WeekTo    time.Time
}

// propose orders the engineers for an order, the best first, and says why: skill, place, whether they are free and at work, what
// they have to do already, and whether they know the customer. It decides nothing: a dispatcher does.
func propose(w wanted, s situation) []candidate {
	out := make([]candidate, 0, len(s.Engineers))
	for _, e := range s.Engineers {
		c := candidate{Engineer: e}
		c.skill(w)
		c.place(w)
		c.time(w, s)
		c.load(s)
		if at := slices.Index(w.Known, e.Login); at == 0 {
			c.add("last", 15)
		} else if at > 0 {
			c.add("known", 8)
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b candidate) int {
		if a.Blocked != b.Blocked {
			if a.Blocked {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Load, b.Load), cmp.Compare(a.Login, b.Login))
	})
	if len(out) > 0 && !out[0].Blocked && out[0].Score > 0 {
		out[0].Best = true
	}
	return out
}

// whyElsewhere is the argument that names the engineer's own centre.
const whyElsewhere = "elsewhere"

func (c *candidate) add(key string, score int, args ...any) {
	c.Score += score
	c.Reasons = append(c.Reasons, reason{Key: key, Args: args, Score: score})
}

func (c *candidate) skill(w wanted) {
	level := c.Products[w.Product]
	switch {
	case w.Product == "":
	case level == 0:
		c.add("noskill", -30)
	default:
		c.add("skill", 55-5*level, level)
	}
}

func (c *candidate) place(w wanted) {
	switch {
	case w.Centre == "":
	case c.Centre == w.Centre:
		c.add("centre", 30)
	case c.Centre == "":
		c.add("anywhere", 5)
	default:
		c.add(whyElsewhere, -20)
	}
}

func (c *candidate) time(w wanted, s situation) {
	if w.From.IsZero() || !w.To.After(w.From) {
		return
	}
	for _, a := range s.Absences {
		if a.Login == c.Login && a.From.Before(w.To) && a.To.After(w.From) {
			c.Blocked = true
			c.add("absent", -100, a.Reason)
			return
		}
	}
	for _, o := range s.Planned {
		if o.Engineer == c.Login && o.ID != w.Order && o.PlannedFrom.Before(w.To) && o.PlannedTo.After(w.From) {
			c.Blocked = true
			c.add("busy", -60, o.Number)
			return
		}
	}
	if s.Calendar != nil && 2*s.Calendar(c.Centre).Between(w.From, w.To) < w.To.Sub(w.From) { // a lunch break does not count against it
		c.add("offhours", -15)
		return
	}
	c.add("free", 25)
}

// load counts what is planned in the week: four points an eight-hour day.
func (c *candidate) load(s situation) {
	for _, o := range s.Planned {
		if o.Engineer == c.Login && o.PlannedFrom.Before(s.WeekTo) && o.PlannedTo.After(s.WeekFrom) {
			c.Load += o.PlannedTo.Sub(o.PlannedFrom)
		}
	}
	hours := int(c.Load.Round(time.Hour) / time.Hour)
	if hours == 0 {
		c.add("idle", 5)
		return
	}
	c.add("load", -hours/2, hours)
}
