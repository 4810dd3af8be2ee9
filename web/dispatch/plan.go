package dispatch

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"hotline/records"
	"hotline/records/calendar"
	"hotline/web/ui"
)

// planPage is the engineers' calendar: a day drawn by the hour, or a week by the day.
type planPage struct {
	Week            bool
	Day, Prev, Next string // of the address
	Title           time.Time
	To              time.Time
	Days            []planDay // of a week
	Lanes           []planLane
	Hours           []hourMark
	Width, Height   int
	Unassigned      []card
	Moved           string // id of the order that was moved just now
}

type planDay struct {
	Date    string
	At      time.Time
	Weekday int
	Today   bool
}

// hourMark is a line of the day's scale.
type hourMark struct {
	X    int
	Text string
}

// planLane is one engineer.
type planLane struct {
	records.Engineer
	Y       int
	Works   []bar // working hours of his centre
	Away    []bar
	Blocks  []block
	Travel  []travel
	ByDay   [][]block // of a week
	AwayDay []string
}

type bar struct {
	X, W int
	Text string
}

// block is one planned visit; Overlaps says that it meets another one of the same engineer, Outside that it is not within the time
// that the customer was promised.
type block struct {
	records.Order
	X, W, PX, PW int // of the plan and of the promise, in the picture
	Overlaps     bool
	Outside      bool
	Narrow       bool // too small for words
	Warn         bool // what is wrong is written above it: once, where several overlap
	Y, H         int  // within the lane: visits that overlap lie one under the other, so that none hides another
}

// travel is the time between two visits of a day.
type travel struct {
	X, W    int
	Minutes int
	Tight   bool
}

// Picture's measures, in its own units.
const (
	laneHeight  = 68
	hourWidth   = 76
	nameWidth   = 132
	firstHour   = 7
	lastHour    = 21
	blockTop    = 8
	blockHeight = 50
	tightTravel = 30 // minutes between two places, below which a dispatcher is warned
)

func (d *Dispatch) plan(w http.ResponseWriter, r *http.Request) {
	p, err := d.planOf(r, r.FormValue("day"), r.FormValue("view") == "week", "")
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.opt.Pages.Render(w, r, http.StatusOK, "dispatch/plan", p)
}

func (d *Dispatch) planOf(r *http.Request, day string, week bool, moved string) (planPage, error) {
	ctx, zone := r.Context(), ui.VisitorOf(r.Context()).Zone
	now := d.opt.Now().In(zone)
	at, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		at = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	}
	from, days := at, 1
	if week {
		from, days = at.AddDate(0, 0, -((int(at.Weekday())+6)%7)), 7
	}
	to := from.AddDate(0, 0, days)
	p := planPage{
		Week: week, Day: at.Format(time.DateOnly), Prev: at.AddDate(0, 0, -days).Format(time.DateOnly), Next: at.AddDate(0, 0, days).Format(time.DateOnly),
		Title: from, To: to.AddDate(0, 0, -1), Moved: moved, Width: nameWidth + (lastHour-firstHour)*hourWidth + 16,
	}
	for i := range days {
		one := from.AddDate(0, 0, i)
		p.Days = append(p.Days, planDay{one.Format(time.DateOnly), one, (int(one.Weekday()) + 6) % 7, one.Format(time.DateOnly) == now.Format(time.DateOnly)})
	}
	for h := firstHour; h <= lastHour; h++ {
		p.Hours = append(p.Hours, hourMark{nameWidth + (h-firstHour)*hourWidth, fmt.Sprintf("%02d", h)})
	}
	engineers, err := d.opt.Records.Engineers(ctx)
	if err != nil {
		return p, err
	}
	orders, err := d.plannedBetween(ctx, from, to, "")
	if err != nil {
		return p, err
	}
	absences, err := d.opt.Records.Absences(ctx, "", from, to)
	if err != nil {
		return p, err
	}
	for i, e := range engineers {
		lane := planLane{Engineer: e, Y: 30 + i*laneHeight}
		lane.fill(orders, absences, p.Days, d.calendarOf(ctx, e.Centre), zone, week)
		lane.Centre = d.titleOf(d.opt.Centres, e.Centre, ui.VisitorOf(ctx).Lang)
		p.Lanes = append(p.Lanes, lane)
	}
	p.Height = 30 + len(engineers)*laneHeight
	open, err := d.opt.Records.Orders(ctx, records.OrderFilter{Kinds: dispatched(), State: "open", Limit: laneShown})
	if err != nil {
		return p, err
	}
	for _, o := range open.Items {
		p.Unassigned = append(p.Unassigned, orderCard(o, d.opt.Now()))
	}
	return p, nil
}

// fill puts an engineer's plan into the lane.
func (l *planLane) fill(orders []records.Order, absences []records.Absence, days []planDay, c *calendar.Calendar, zone *time.Location, week bool) {
	for _, o := range orders {
		if o.Engineer == l.Login {
			l.Blocks = append(l.Blocks, block{
				Order: o, Outside: !o.PromisedFrom.IsZero() && (o.PlannedFrom.Before(o.PromisedFrom) || o.PlannedFrom.After(o.PromisedTo)),
			})
		}
	}
	slices.SortFunc(l.Blocks, func(a, b block) int {
		return cmp.Or(a.PlannedFrom.Compare(b.PlannedFrom), cmp.Compare(a.Number, b.Number))
	})
	for i := range l.Blocks {
		for j := range l.Blocks {
			a, b := l.Blocks[i], l.Blocks[j]
			if i != j && a.PlannedFrom.Before(b.PlannedTo) && b.PlannedFrom.Before(a.PlannedTo) {
				l.Blocks[i].Overlaps = true
			}
		}
	}
	if week {
		l.byDay(absences, days, zone)
		return
	}
	s := scale{days[0].At}
	for i := range l.Blocks {
		b := &l.Blocks[i]
		b.X, b.W = s.span(b.PlannedFrom, b.PlannedTo)
		if !b.PromisedFrom.IsZero() {
			b.PX, b.PW = s.span(b.PromisedFrom, b.PromisedTo)
		}
		b.Narrow = b.W < 110
		b.Y, b.H = blockTop, blockHeight
		if i > 0 {
			l.travelTo(l.Blocks[i-1], *b, s)
		}
	}
	l.stack()
	date := calendar.DateOf(days[0].At)
	for _, in := range c.Hours(date) {
		x, w := s.span(date.In(c.Zone, in.From), date.In(c.Zone, in.To))
		l.Works = append(l.Works, bar{X: x, W: w})
	}
	for _, a := range absences {
		if a.Login == l.Login {
			x, w := s.span(a.From, a.To)
			l.Away = append(l.Away, bar{x, w, a.Reason})
		}
	}
}

// stack lays visits that overlap one under the other, in as many rows as are needed.
func (l *planLane) stack() {
	for i := 0; i < len(l.Blocks); {
		end, last := i+1, l.Blocks[i].PlannedTo
		for end < len(l.Blocks) && l.Blocks[end].PlannedFrom.Before(last) {
			if l.Blocks[end].PlannedTo.After(last) {
				last = l.Blocks[end].PlannedTo
			}
			end++
		}
		l.Blocks[i].Warn = l.Blocks[i].Overlaps || l.Blocks[i].Outside
		if rows := end - i; rows > 1 {
			for j := range rows {
				b := &l.Blocks[i+j]
				b.Y, b.H, b.Narrow = blockTop+j*blockHeight/rows, blockHeight/rows, true
			}
		}
		i = end
	}
}

func (l *planLane) travelTo(before, after block, s scale) {
	gap := after.PlannedFrom.Sub(before.PlannedTo)
	if gap < 0 || gap > 4*time.Hour || before.CustomerID != "" && before.CustomerID == after.CustomerID {
		return
	}
	x, w := s.span(before.PlannedTo, after.PlannedFrom)
	minutes := int(gap / time.Minute)
	l.Travel = append(l.Travel, travel{x, max(w, 2), minutes, minutes < tightTravel})
}

func (l *planLane) byDay(absences []records.Absence, days []planDay, zone *time.Location) {
	l.ByDay, l.AwayDay = make([][]block, len(days)), make([]string, len(days))
	for i, day := range days {
		for _, b := range l.Blocks {
			if b.PlannedFrom.In(zone).Format(time.DateOnly) == day.Date {
				l.ByDay[i] = append(l.ByDay[i], b)
			}
		}
		for _, a := range absences {
			if a.Login == l.Login && a.From.Before(day.At.AddDate(0, 0, 1)) && a.To.After(day.At) {
				l.AwayDay[i] = a.Reason
			}
		}
	}
}

// scale turns an instant into a place in the picture of a day.
type scale struct{ midnight time.Time }

func (s scale) span(from, to time.Time) (x, w int) {
	begin, end := s.x(from), s.x(to)
	return begin, max(end-begin, 4)
}

func (s scale) x(at time.Time) int {
	at = at.In(s.midnight.Location())
	hours := at.Sub(s.midnight).Hours()
	if at.YearDay() == s.midnight.YearDay() && at.Year() == s.midnight.Year() { // by the wall clock, also on a day of 23 hours
		hours = float64(at.Hour()) + float64(at.Minute())/60
	}
	return nameWidth + int((min(max(hours, firstHour), lastHour)-firstHour)*hourWidth)
}

// move shifts a visit by minutes, or gives it to another engineer: the keyboard's way of dragging. What the customer was promised
// does not move.
func (d *Dispatch) move(w http.ResponseWriter, r *http.Request) {
	ctx, by := r.Context(), records.Actor{Login: ui.VisitorOf(r.Context()).Login}
	f, err := d.opt.Records.Order(ctx, r.PathValue("id"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	o := f.Order
	switch to := r.FormValue("engineer"); {
	case to != "":
		_, err = d.opt.Records.AssignOrder(ctx, by, o.ID, to, o.Version)
	default:
		var minutes int
		if _, err := fmt.Sscan(r.FormValue("minutes"), &minutes); err != nil || minutes == 0 || minutes < -7*1440 || minutes > 7*1440 || o.PlannedFrom.IsZero() {
			d.trouble(w, r, http.StatusBadRequest, "dispatch.trouble.form")
			return
		}
		shift := time.Duration(minutes) * time.Minute
		_, err = d.opt.Records.PlanOrder(ctx, by, o.ID, records.OrderPlan{PlannedFrom: o.PlannedFrom.Add(shift), PlannedTo: o.PlannedTo.Add(shift)}, o.Version)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	p, err := d.planOf(r, r.FormValue("day"), r.FormValue("view") == "week", o.ID)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.opt.Pages.Fragment(w, r, http.StatusOK, "dispatch/plan#plan", p)
}
