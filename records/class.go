package records

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hotline/records/course"
	"hotline/records/procedure"
)

// ProcedureClass is the procedure of open classes.
const ProcedureClass = "open_class"

// Class is an open class (domain description §5). Its id is that of its order.
type Class struct {
	ID          string          `db:"id"           json:"id"`
	Number      string          `db:"number"       json:"number"` // of the order
	Door        string          `db:"door"         json:"door"`
	Title       string          `db:"title"        json:"title"`
	About       string          `db:"about"        json:"about,omitempty"`
	Audience    string          `db:"audience"     json:"audience"`
	Frontier    string          `db:"frontier"     json:"frontier,omitempty"`
	FrontierBy  string          `db:"frontier_by"  json:"frontier_by,omitempty"`
	Goals       []course.Goal   `db:"-"            json:"goals"`
	Seats       int             `db:"seats"        json:"seats"`
	Taken       int             `db:"taken"        json:"taken"`     // seats
	Confirmed   int             `db:"confirmed"    json:"confirmed"` // of those
	Waiting     int             `db:"waiting"      json:"waiting"`
	ClosesAt    time.Time       `db:"-"            json:"closes_at,omitzero"` // registration ends
	PublishedAt time.Time       `db:"-"            json:"published_at,omitzero"`
	PublishedBy string          `db:"published_by" json:"published_by,omitempty"`
	From        time.Time       `db:"-"            json:"from,omitzero"` // of the first session that takes place
	To          time.Time       `db:"-"            json:"to,omitzero"`   // of the last
	Exam        course.Exam     `db:"-"            json:"-"`             // holds the right answers
	ExamOpened  time.Time       `db:"-"            json:"exam_opened,omitzero"`
	ExamClosed  time.Time       `db:"-"            json:"exam_closed,omitzero"`
	State       procedure.State `db:"state"        json:"state"` // of the order
	OpenedAt    time.Time       `db:"-"            json:"opened_at"`
	Version     int64           `db:"version"      json:"version"`
}

type classRow struct {
	Class
	Goals       string `db:"goals"`
	Exam        string `db:"exam"`
	ClosesAt    stamp  `db:"closes_at"`
	PublishedAt stamp  `db:"published_at"`
	From        stamp  `db:"from_at"`
	To          stamp  `db:"to_at"`
	ExamOpened  stamp  `db:"exam_opened"`
	ExamClosed  stamp  `db:"exam_closed"`
	OpenedAt    stamp  `db:"opened_at"`
}

func (r classRow) class() (Class, error) {
	c := r.Class
	c.ClosesAt, c.PublishedAt, c.From, c.To = r.ClosesAt.time(), r.PublishedAt.time(), r.From.time(), r.To.time()
	c.ExamOpened, c.ExamClosed, c.OpenedAt = r.ExamOpened.time(), r.ExamClosed.time(), r.OpenedAt.time()
	if err := json.Unmarshal([]byte(r.Goals), &c.Goals); err != nil {
		return c, fmt.Errorf("goals of class %s: %w", c.ID, err)
	}
	if err := json.Unmarshal([]byte(r.Exam), &c.Exam); err != nil {
		return c, fmt.Errorf("exam of class %s: %w", c.ID, err)
	}
	return c, nil
}

const selectClass = `SELECT k.id, o.number, k.door, k.title, k.about, k.audience, k.frontier, k.frontier_by, k.goals, k.seats, k.closes_at,
	k.published_at, k.published_by, k.exam, k.exam_opened, k.exam_closed, k.version, o.state, o.opened_at,
	(SELECT COUNT(*) FROM class_registrations r WHERE r.class_id = k.id AND r.state IN ('seated', 'confirmed')) AS taken,
	(SELECT COUNT(*) FROM class_registrations r WHERE r.class_id = k.id AND r.state = 'confirmed') AS confirmed,
	(SELECT COUNT(*) FROM class_registrations r WHERE r.class_id = k.id AND r.state = 'waiting') AS waiting,
	(SELECT MIN(s.from_at) FROM class_sessions s WHERE s.class_id = k.id AND s.off = 0) AS from_at,
	(SELECT MAX(s.to_at) FROM class_sessions s WHERE s.class_id = k.id AND s.off = 0) AS to_at
	FROM classes k JOIN orders o ON o.id = k.id`

// Open reports whether somebody can register now.
func (c Class) Open(now time.Time) bool {
	return !c.PublishedAt.IsZero() && !c.State.Ended() && (c.ClosesAt.IsZero() || now.Before(c.ClosesAt))
}

// Class gives a class by its id or order number. Errors: ErrNotFound.
func (s *Store) Class(ctx context.Context, id string) (Class, error) {
	c, err := s.read().class(ctx, "k.id = ? OR o.number = ?", id, id)
	return c, s.explain("class", err)
}

// ClassAt gives the class behind a door, for its public page. Errors: ErrNotFound, also when it is not published.
func (s *Store) ClassAt(ctx context.Context, door string) (Class, error) {
	c, err := s.read().class(ctx, "k.door = ? AND k.published_at IS NOT NULL", door)
	return c, s.explain("class", err)
}

func (c conn) class(ctx context.Context, where string, args ...any) (Class, error) {
	var row classRow
	found, err := c.find(ctx, &row, selectClass+" WHERE "+where, args...)
	if err != nil {
		return Class{}, err
	}
	if !found {
		return Class{}, notFound("class", fmt.Sprint(args[0]))
	}
	return row.class()
}

// ClassFilter narrows Classes. Empty fields do not narrow.
type ClassFilter struct {
	Active bool // not ended
	Open   bool // published and not ended
	Text   string
	Cursor string
	Limit  int
}

// Classes lists classes, those opened last first. Errors: ErrInvalid (cursor).
func (s *Store) Classes(ctx context.Context, f ClassFilter) (Page[Class], error) {
	after, err := parseCursor(f.Cursor)
	if err != nil {
		return Page[Class]{}, err
	}
	var q query
	if f.Active || f.Open {
		q.and("o.ended_at IS NULL")
	}
	if f.Open {
		q.and("k.published_at IS NOT NULL")
	}
	if f.Text != "" {
		like := containing(f.Text)
		q.and("k.title LIKE ? ESCAPE '!' OR o.number LIKE ? ESCAPE '!' OR k.audience LIKE ? ESCAPE '!'", like, like, like)
	}
	q.page("o.opened_at", "k.id", after)
	limit := pageLimit(f.Limit)
	var rows []classRow
	if err := s.read().list(ctx, &rows, q.sql(selectClass, "o.opened_at DESC, k.id DESC", limit), q.args...); err != nil {
		return Page[Class]{}, s.explain("classes", err)
	}
	page := Page[Class]{Items: make([]Class, 0, len(rows))}
	for _, r := range rows {
		c, err := r.class()
		if err != nil {
			return page, s.explain("classes", err)
		}
		page.Items = append(page.Items, c)
	}
	if len(rows) == limit {
		page.Next = cursor{rows[limit-1].OpenedAt, rows[limit-1].ID}.String()
	}
	return page, nil
}
