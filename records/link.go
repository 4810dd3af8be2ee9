package records

import (
	"context"
	"encoding/json"
	"time"
)

// What a link is for. A link serves one purpose and no other.
const (
	LinkConfirm  = "confirm"  // a report, or that a problem is solved
	LinkConsent  = "consent"  // to a backup or a plan
	LinkSign     = "sign"     // a document, by hand
	LinkSurvey   = "survey"   // rate the service
	LinkRegister = "register" // for a class
	LinkDownload = "download" // the customer's copy
	LinkIdentity = "identity" // check who stands at the door
	LinkVault    = "vault"    // enter login information for remote service
)

// Link is a customer's way to one thing, without an account. Who holds the token and, at the first opening, knows the last four digits of
// the telephone number, binds it to that device; from then on it works there alone.
type Link struct {
	ID      string          `json:"id"`
	Purpose string          `json:"purpose"`
	Order   string          `json:"order,omitempty"` // id
	Case    string          `json:"case,omitempty"`
	Step    string          `json:"step,omitempty"`
	Need    string          `json:"need,omitempty"`
	Subject string          `json:"subject,omitempty"`
	File    string          `json:"file,omitempty"`   // id; what is shown
	SHA256  string          `json:"sha256,omitempty"` // of the file
	Contact string          `json:"contact,omitempty"`
	Name    string          `json:"name"`
	Number  string          `json:"-"` // personal; only its last four digits are ever compared
	Data    json.RawMessage `json:"data,omitempty"`
	Uses    int             `json:"uses"` // 0 = any number until it ends
	Used    int             `json:"used"`
	EndsAt  time.Time       `json:"ends_at"`
	MadeBy  string          `json:"made_by"`
	MadeAt  time.Time       `json:"made_at"`

	BoundAt     time.Time `json:"bound_at,omitzero"`
	ShownAt     time.Time `json:"shown_at,omitzero"` // the file was first read
	UsedAt      time.Time `json:"used_at,omitzero"`
	LockedUntil time.Time `json:"locked_until,omitzero"`
	RevokedAt   time.Time `json:"revoked_at,omitzero"`
	RevokedBy   string    `json:"revoked_by,omitempty"`
}

// Spent tells that the link did all that it was made for.
func (l Link) Spent() bool { return l.Uses > 0 && l.Used >= l.Uses }

// AsksDigits tells that the first opening asks for the last four digits of the telephone number.
func (l Link) AsksDigits() bool { return len(lastDigits(l.Number)) == digitsAsked }

type linkRow struct {
	ID          string `db:"id"`
	Purpose     string `db:"purpose"`
	Order       string `db:"order_id"`
	Case        string `db:"case_number"`
	Step        string `db:"step"`
	Need        string `db:"need"`
	Subject     string `db:"subject"`
	File        string `db:"file"`
	SHA256      string `db:"sha256"`
	Contact     string `db:"contact_id"`
	Name        string `db:"name"`
	Number      string `db:"number"`
	Data        string `db:"data"`
	Uses        int    `db:"uses"`
	Used        int    `db:"used"`
	EndsAt      stamp  `db:"ends_at"`
	MadeBy      string `db:"made_by"`
	MadeAt      stamp  `db:"made_at"`
	Device      string `db:"device"`
	BoundAt     stamp  `db:"bound_at"`
	Tries       int    `db:"tries"`
	LockedUntil stamp  `db:"locked_until"`
	ShownAt     stamp  `db:"shown_at"`
	UsedAt      stamp  `db:"used_at"`
	RevokedAt   stamp  `db:"revoked_at"`
	RevokedBy   string `db:"revoked_by"`
}

const selectLink = `SELECT l.id, l.purpose, l.order_id, l.case_number, l.step, l.need, l.subject, COALESCE(l.file, '') AS file, l.sha256,
	COALESCE(l.contact_id, '') AS contact_id, l.name, l.number, l.data, l.uses, l.used, l.ends_at, l.made_by, l.made_at, l.device, l.bound_at,
	l.tries, l.locked_until, l.shown_at, l.used_at, l.revoked_at, l.revoked_by FROM links l`

func (r linkRow) link() Link {
	l := Link{
		ID: r.ID, Purpose: r.Purpose, Order: r.Order, Case: r.Case, Step: r.Step, Need: r.Need, Subject: r.Subject, File: r.File,
		SHA256: r.SHA256, Contact: r.Contact, Name: r.Name, Number: r.Number, Uses: r.Uses, Used: r.Used, EndsAt: r.EndsAt.time(),
		MadeBy: r.MadeBy, MadeAt: r.MadeAt.time(), BoundAt: r.BoundAt.time(), ShownAt: r.ShownAt.time(), UsedAt: r.UsedAt.time(),
		LockedUntil: r.LockedUntil.time(), RevokedAt: r.RevokedAt.time(), RevokedBy: r.RevokedBy,
	}
	if r.Data != "" {
		l.Data = json.RawMessage(r.Data)
	}
	return l
}

// LinkEvent is one thing that happened with a link.
type LinkEvent struct {
	ID     string    `db:"id"     json:"id"`
	Link   string    `db:"link"   json:"link"`
	At     time.Time `db:"-"      json:"at"`
	What   string    `db:"what"   json:"what"`
	Detail string    `db:"detail" json:"detail,omitempty"`
}

type linkEventRow struct {
	LinkEvent
	At stamp `db:"at"`
}

func (t *txn) linkEvent(ctx context.Context, link, what, detail string) error {
	return t.do(ctx, `INSERT INTO link_events (id, link, at, what, detail) VALUES (?, ?, ?, ?, ?)`, newID(t.now), link, at(t.now), what, detail)
}

// LinkEvents tells what happened with a link, oldest first.
func (s *Store) LinkEvents(ctx context.Context, id string) ([]LinkEvent, error) {
	var rows []linkEventRow
	err := s.read().list(ctx, &rows, `SELECT * FROM link_events WHERE link = ? ORDER BY at, id LIMIT 500`, id)
	return mapped(rows, func(r linkEventRow) LinkEvent {
		e := r.LinkEvent
		e.At = r.At.time()
		return e
	}), s.explain("link events", err)
}

// LinkFilter narrows Links. Cursor is Page.Next of the page before.
type LinkFilter struct {
	Order, Case, Purpose string
	Cursor               string
	Limit                int
}

// Links lists links, newest first. Errors: ErrInvalid (cursor).
func (s *Store) Links(ctx context.Context, f LinkFilter) (Page[Link], error) {
	after, err := parseCursor(f.Cursor)
	if err != nil {
		return Page[Link]{}, err
	}
	var q query
	q.equal("l.order_id", f.Order)
	q.equal("l.case_number", f.Case)
	q.equal("l.purpose", f.Purpose)
	q.page("l.made_at", "l.id", after)
	limit := pageLimit(f.Limit)
	var rows []linkRow
	if err := s.read().list(ctx, &rows, q.sql(selectLink, "l.made_at DESC, l.id DESC", limit), q.args...); err != nil {
		return Page[Link]{}, s.explain("links", err)
	}
	page := Page[Link]{Items: mapped(rows, linkRow.link)}
	if len(rows) == limit {
		page.Next = cursor{rows[limit-1].MadeAt, rows[limit-1].ID}.String()
	}
	return page, nil
}

// Link gives a link by its id. Errors: ErrNotFound.
func (s *Store) Link(ctx context.Context, id string) (Link, error) {
	var row linkRow
	found, err := s.read().find(ctx, &row, selectLink+` WHERE l.id = ?`, id)
	if err == nil && !found {
		err = notFound("link", id)
	}
	return row.link(), s.explain("link", err)
}
