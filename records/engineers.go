package records

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// Engineer is somebody who carries out service orders, as dispatch sees them.
type Engineer struct {
	Login    string         `db:"login"    json:"login"`
	Name     string         `db:"name"     json:"name"`
	Centre   string         `db:"centre"   json:"centre"`          // service centre; "" = works for every one
	Title    string         `db:"title"    json:"title"`           // as the customer reads it
	Photo    string         `db:"photo"    json:"photo,omitempty"` // SHA-256, "" = none
	Products map[string]int `db:"-"        json:"products"`        // code → level, 1 (best) … 9
	Version  int64          `db:"version"  json:"version"`         // 0 = nothing was ever set
}

// EngineerChange changes what is not nil.
type EngineerChange struct {
	Login    string
	Centre   *string
	Title    *string
	Products map[string]int // nil = unchanged; a level of 0 takes a product away
	Version  int64          // that was seen; 0 = whatever it is now
}

const selectEngineers = `SELECT u.login, u.name, COALESCE(e.centre, '') AS centre, COALESCE(e.title, '') AS title,
	COALESCE(e.photo, '') AS photo, COALESCE(e.version, 0) AS version
	FROM users u JOIN user_roles r ON r.login = u.login AND r.role = 'engineer' LEFT JOIN engineers e ON e.login = u.login`

// Engineers lists those who have the role and are not disabled, by login.
func (s *Store) Engineers(ctx context.Context) ([]Engineer, error) {
	var out []Engineer
	err := s.snapshot(ctx, "engineers", func(c conn) (err error) {
		out, err = c.engineers(ctx, ` WHERE u.disabled = FALSE ORDER BY u.login`)
		return err
	})
	return out, err
}

// Engineer gives one, disabled or not. Errors: ErrNotFound (nobody, or without the role).
func (s *Store) Engineer(ctx context.Context, login string) (Engineer, error) {
	var out Engineer
	err := s.snapshot(ctx, "engineer", func(c conn) (err error) {
		out, err = c.engineer(ctx, login)
		return err
	})
	return out, err
}

func (c conn) engineer(ctx context.Context, login string) (Engineer, error) {
	all, err := c.engineers(ctx, ` WHERE u.login = ?`, login)
	if err == nil && len(all) == 0 {
		return Engineer{}, notFound("engineer", login)
	}
	if err != nil {
		return Engineer{}, err
	}
	return all[0], nil
}

func (c conn) engineers(ctx context.Context, where string, args ...any) ([]Engineer, error) {
	var all []Engineer
	if err := c.list(ctx, &all, selectEngineers+where, args...); err != nil {
		return nil, err
	}
	var products []struct {
		Login   string `db:"login"`
		Product string `db:"product"`
		Level   int    `db:"level"`
	}
	if err := c.list(ctx, &products, `SELECT login, product, level FROM engineer_products`); err != nil {
		return nil, err
	}
	of := map[string]map[string]int{}
	for _, p := range products {
		if of[p.Login] == nil {
			of[p.Login] = map[string]int{}
		}
		of[p.Login][p.Product] = p.Level
	}
	for i, e := range all {
		if all[i].Products = of[e.Login]; all[i].Products == nil {
			all[i].Products = map[string]int{}
		}
	}
	return all, nil
}

// SetEngineer changes what dispatch knows of an engineer, recorded in the audit log. Errors: ErrNotFound, ErrInvalid, ErrConflict.
func (s *Store) SetEngineer(ctx context.Context, c EngineerChange) (Engineer, error) {
	var f faults
	for product, level := range c.Products {
		if product == "" || product != line(product) || level < 0 || level > 9 {
			f.add("products", "range", "Name the product and give a level from 1 (best) to 9, or 0 for none.", "%q at level %d is no skill.", product, level)
		}
		f.short("products", product, maxLine)
	}
	for name, value := range map[string]*string{"centre": c.Centre, "title": c.Title} {
		if value != nil {
			*value = line(*value)
			f.short(name, *value, maxLine)
		}
	}
	if err := f.problem(ErrInvalid, "engineer_invalid", "Mend the fields named.", "The engineer cannot be changed like this."); err != nil {
		return Engineer{}, err
	}
	return s.changeEngineer(ctx, "engineer.change", c.Login, c.Version, func(t *txn, e *Engineer) (string, error) {
		if c.Centre != nil {
			e.Centre = *c.Centre
		}
		if c.Title != nil {
			e.Title = *c.Title
		}
		var said []string
		for _, product := range slices.Sorted(maps.Keys(c.Products)) {
			level := c.Products[product]
			if e.Products[product] == level {
				continue
			}
			said = append(said, fmt.Sprintf("%s %d→%d", product, e.Products[product], level))
			if err := t.do(ctx, `DELETE FROM engineer_products WHERE login = ? AND product = ?`, c.Login, product); err != nil {
				return "", err
			}
			if level == 0 {
				continue
			}
			if err := t.do(ctx, `INSERT INTO engineer_products (login, product, level) VALUES (?, ?, ?)`, c.Login, product, level); err != nil {
				return "", err
			}
		}
		return strings.TrimSpace(e.Centre + " " + strings.Join(said, ", ")), nil
	})
}

// SetEngineerPhoto keeps the picture by which customers know an engineer: JPEG or PNG, at most Options.MaxFile. An empty body takes
// it away. Errors: ErrNotFound, ErrInvalid.
func (s *Store) SetEngineerPhoto(ctx context.Context, login string, body io.Reader) (Engineer, error) {
	var a Attachment
	if body != nil {
		if s.opt.Files == "" {
			return Engineer{}, problem(ErrInvalid, "attachments_off", "Ask the administrator.", "This hotline takes no files.")
		}
		a.Name = "photo"
		if err := s.keepBytes(&a, body); err != nil {
			return Engineer{}, err
		}
		if a.Media != "image/jpeg" && a.Media != "image/png" {
			return Engineer{}, problem(ErrInvalid, "photo_media", "Choose a JPEG or PNG picture.", "The file is %s.", a.Media)
		}
	}
	return s.changeEngineer(ctx, "engineer.photo", login, 0, func(_ *txn, e *Engineer) (string, error) {
		e.Photo = a.SHA256
		return a.SHA256, nil
	})
}

// EngineerPhoto opens the picture of an engineer; the caller closes it. Errors: ErrNotFound.
func (s *Store) EngineerPhoto(ctx context.Context, login string) (*os.File, error) {
	e, err := s.Engineer(ctx, login)
	if err != nil {
		return nil, err
	}
	if e.Photo == "" {
		return nil, notFound("photo", login)
	}
	file, err := os.Open(s.filePath(e.Photo))
	if err != nil {
		return nil, fmt.Errorf("records: photo: %w", err)
	}
	return file, nil
}

func (s *Store) changeEngineer(ctx context.Context, action, login string, version int64, change func(*txn, *Engineer) (string, error)) (Engineer, error) {
	var out Engineer
	err := s.write(ctx, action, func(t *txn) error {
		e, err := t.engineer(ctx, login)
		if err != nil {
			return err
		}
		if version != 0 && version != e.Version {
			return stale("engineer", login, version, e.Version)
		}
		said, err := change(t, &e)
		if err != nil {
			return err
		}
		if err := t.do(ctx, `INSERT INTO engineers (login, centre, title, photo) VALUES (?, ?, ?, ?)
			ON CONFLICT (login) DO UPDATE SET centre = excluded.centre, title = excluded.title, photo = excluded.photo, version = engineers.version + 1`,
			login, e.Centre, e.Title, e.Photo); err != nil {
			return err
		}
		if out, err = t.engineer(ctx, login); err != nil {
			return err
		}
		return t.audit(ctx, AuditEntry{Action: action, Object: login, Data: said})
	})
	return out, err
}

// Absence is a time in which an engineer cannot be sent anywhere.
type Absence struct {
	ID          string    `db:"id"           json:"id"`
	Login       string    `db:"login"        json:"login"`
	From        time.Time `db:"-"            json:"from"`
	To          time.Time `db:"-"            json:"to"`
	Reason      string    `db:"reason"       json:"reason"`
	AddedBy     string    `db:"added_by"     json:"added_by"`
	AddedAt     time.Time `db:"-"            json:"added_at"`
	CancelledBy string    `db:"cancelled_by" json:"cancelled_by,omitempty"`
	CancelledAt time.Time `db:"-"            json:"cancelled_at,omitzero"`
}

type absenceRow struct {
	Absence
	From        stamp `db:"from_at"`
	To          stamp `db:"to_at"`
	AddedAt     stamp `db:"added_at"`
	CancelledAt stamp `db:"cancelled_at"`
}

func (r absenceRow) absence() Absence {
	a := r.Absence
	a.From, a.To, a.AddedAt, a.CancelledAt = r.From.time(), r.To.time(), r.AddedAt.time(), r.CancelledAt.time()
	return a
}

// maxAbsence bounds one absence, so that a mistyped year does not take somebody away for ever.
const maxAbsence = 400 * 24 * time.Hour

// AddAbsence keeps a time in which an engineer is away. Errors: ErrNotFound, ErrInvalid.
func (s *Store) AddAbsence(ctx context.Context, a Absence) (Absence, error) {
	a.Reason = line(a.Reason)
	var f faults
	f.required("reason", a.Reason, maxLine, "The reason is missing.", "Say why: leave, training, illness.")
	if a.From.IsZero() || !a.To.After(a.From) || a.To.Sub(a.From) > maxAbsence {
		f.add("to", "range", "Give a beginning and a later end, at most 400 days.", "The time does not end after it begins, or is too long.")
	}
	if err := f.problem(ErrInvalid, "absence_invalid", "Mend the fields named.", "The absence cannot be kept like this."); err != nil {
		return Absence{}, err
	}
	err := s.write(ctx, "absence", func(t *txn) error {
		if _, err := t.engineer(ctx, a.Login); err != nil {
			return err
		}
		a.ID, a.AddedBy, a.AddedAt = newID(t.now), t.by, t.now
		return t.do(ctx, `INSERT INTO absences (id, login, from_at, to_at, reason, added_by, added_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			a.ID, a.Login, at(a.From), at(a.To), a.Reason, a.AddedBy, at(a.AddedAt))
	})
	return a, err
}

// CancelAbsence takes an absence back; it stays in the records. Errors: ErrNotFound (none, or cancelled already).
func (s *Store) CancelAbsence(ctx context.Context, id string) error {
	return s.write(ctx, "cancel absence", func(t *txn) error {
		n, err := t.exec(ctx, `UPDATE absences SET cancelled_by = ?, cancelled_at = ? WHERE id = ? AND cancelled_at IS NULL`, t.by, at(t.now), id)
		if err == nil && n == 0 {
			err = notFound("absence", id)
		}
		return err
	})
}

// Absences lists the absences that touch a time, by their beginning; login "" means everybody's. Cancelled ones are left out.
func (s *Store) Absences(ctx context.Context, login string, from, to time.Time) ([]Absence, error) {
	var q query
	q.equal("login", login)
	q.and("cancelled_at IS NULL")
	q.and("from_at < ? AND to_at > ?", at(to), at(from))
	var rows []absenceRow
	err := s.read().list(ctx, &rows, q.sql(`SELECT * FROM absences`, "from_at, id", 1000), q.args...)
	return mapped(rows, absenceRow.absence), s.explain("absences", err)
}
