package records

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"hotline/records/procedure"
)

// Registration is one person's registration for a class.
type Registration struct {
	ID           string    `db:"id"           json:"id"`
	Class        string    `db:"class_id"     json:"class"`
	Place        int64     `db:"place"        json:"place"` // order of registering
	Ahead        int       `db:"ahead"        json:"ahead"` // of a waiting one: how many wait longer
	Name         string    `db:"name"         json:"name"`
	Organisation string    `db:"organisation" json:"organisation"`
	Number       string    `db:"number"       json:"number"` // E.164
	Email        string    `db:"email"        json:"email,omitempty"`
	State        SeatState `db:"state"        json:"state"`
	Reason       string    `db:"reason"       json:"reason,omitempty"`
	Pass         string    `db:"pass"         json:"-"`
	Told         string    `db:"told"         json:"told"` // the last state that the person was told of
	RegisteredAt time.Time `db:"-"            json:"registered_at"`
	Version      int64     `db:"version"      json:"version"`
}

type registrationRow struct {
	Registration
	RegisteredAt stamp `db:"registered_at"`
}

func (r registrationRow) registration() Registration {
	r.Registration.RegisteredAt = r.RegisteredAt.time()
	return r.Registration
}

const selectRegistration = `SELECT r.id, r.class_id, r.place, r.name, r.organisation, r.number, r.email, r.state, r.reason, r.pass, r.told,
	r.registered_at, r.version, CASE WHEN r.state = 'waiting' THEN (SELECT COUNT(*) FROM class_registrations w WHERE w.class_id = r.class_id
	AND w.state = 'waiting' AND w.place < r.place) ELSE 0 END AS ahead FROM class_registrations r`

// NewRegistration is a person who wants to come.
type NewRegistration struct {
	Class                             string // id
	Name, Organisation, Number, Email string
	Via                               string // procedure.ViaLink, ViaDesk
}

// Register puts a person on the list of a class: on a seat when one is free and nobody waits, else on the wait list. The same
// number again gives the first registration, and fresh is false: who asks may be somebody else.
// Errors: ErrNotFound, ErrInvalid, ErrConflict (not published, closed, ended).
func (s *Store) Register(ctx context.Context, n NewRegistration) (out Registration, fresh bool, err error) {
	n.Name, n.Organisation, n.Email = line(n.Name), line(n.Organisation), line(n.Email)
	number, known := Normalise(n.Number, s.opt.Region)
	var f faults
	f.required("name", n.Name, 100, "The name is missing.", "Say who comes.")
	f.required("organisation", n.Organisation, maxLine, "The organisation is missing.", "Say from where.")
	f.short("email", n.Email, maxLine)
	f.missing(known, "number", "This is no telephone number.", "Write a number at which the person can be reached.")
	if n.Email != "" && (strings.Count(n.Email, "@") != 1 || strings.ContainsAny(n.Email, " ,;<>\"") || strings.HasPrefix(n.Email, "@") || strings.HasSuffix(n.Email, "@")) {
		f.add("email", "invalid", "Correct it or leave it out.", "This is no e-mail address.")
	}
	if err := f.problem(ErrInvalid, "registration_invalid", "Mend the fields named.", "Nobody can be registered like this."); err != nil {
		return Registration{}, false, err
	}
	err = s.write(ctx, "register", func(t *txn) error {
		c, err := t.class(ctx, "k.id = ?", n.Class)
		if err != nil {
			return err
		}
		var id string
		again, err := t.find(ctx, &id, `SELECT id FROM class_registrations WHERE class_id = ? AND number = ? AND state <> ?`, c.ID, number, SeatCancelled)
		if err != nil {
			return err
		}
		if !again {
			if !c.Open(t.now) {
				return problem(ErrConflict, "registration_closed", "Call the hotline.", "Registration for this class is closed.")
			}
			if id, err = t.insertRegistration(ctx, c.ID, number, n); err != nil {
				return err
			}
		}
		fresh = !again
		out, err = t.registration(ctx, id)
		return err
	})
	return out, fresh, err
}

func (t *txn) insertRegistration(ctx context.Context, class, number string, n NewRegistration) (string, error) {
	var place int64
	if err := t.get(ctx, &place, `SELECT COALESCE(MAX(place), 0) + 1 FROM class_registrations WHERE class_id = ?`, class); err != nil {
		return "", err
	}
	id := newID(t.now)
	if err := t.do(ctx, `INSERT INTO class_registrations (id, class_id, place, name, organisation, number, email, state, pass, registered_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, class, place, n.Name, n.Organisation, number, n.Email, SeatWaiting, strings.ToLower(rand.Text()), at(t.now)); err != nil {
		return "", err
	}
	a := acting{Actor: Actor{Via: n.Via}, name: t.by}
	if n.Via == procedure.ViaLink {
		a.name = procedure.Customer
	}
	if err := t.classEvent(ctx, class, id, "register", "", string(SeatWaiting), a, ""); err != nil {
		return "", err
	}
	if n.Via == procedure.ViaLink {
		t.registering = id // sees at once where the registration stands
	}
	if err := t.fillClass(ctx, class, a); err != nil {
		return id, err
	}
	if n.Via != procedure.ViaLink {
		r, err := t.registration(ctx, id)
		if err != nil || r.State != SeatWaiting {
			return id, err // a seat was told already
		}
		return id, t.tellNow(ctx, &r)
	}
	return id, t.do(ctx, `UPDATE class_registrations SET told = state WHERE id = ?`, id)
}

func (c conn) registration(ctx context.Context, id string) (Registration, error) {
	var row registrationRow
	found, err := c.find(ctx, &row, selectRegistration+` WHERE r.id = ?`, id)
	if err == nil && !found {
		err = notFound("registration", id)
	}
	return row.registration(), err
}

// Registration gives one registration. Errors: ErrNotFound.
func (s *Store) Registration(ctx context.Context, id string) (Registration, error) {
	r, err := s.read().registration(ctx, id)
	return r, s.explain("registration", err)
}

// RegistrationOfPass finds the person whose pass was scanned. Errors: ErrNotFound.
func (s *Store) RegistrationOfPass(ctx context.Context, pass string) (Registration, error) {
	var row registrationRow
	found, err := s.read().find(ctx, &row, selectRegistration+` WHERE r.pass = ?`, pass)
	if err == nil && !found {
		err = notFound("pass", "")
	}
	return row.registration(), s.explain("registration", err)
}

// Registrations lists everybody who registered for a class, in the order of registering.
func (s *Store) Registrations(ctx context.Context, class string) ([]Registration, error) {
	var rows []registrationRow
	err := s.read().list(ctx, &rows, selectRegistration+` WHERE r.class_id = ? ORDER BY r.place`, class)
	return mapped(rows, registrationRow.registration), s.explain("registrations", err)
}

// ConfirmSeat records that a person will come: by the person, or by staff who asked. Errors: ErrNotFound, ErrConflict (has no seat).
func (s *Store) ConfirmSeat(ctx context.Context, by Actor, id string) (Registration, error) {
	return s.moveSeat(ctx, by, id, confirmSeat, "")
}

// CancelSeat takes a person off the list; the seat goes to the one who waits longest. Staff give a reason. A cancellation is
// possible until the class has ended. Errors: ErrNotFound, ErrConflict, ErrIncomplete (reason).
func (s *Store) CancelSeat(ctx context.Context, by Actor, id, reason string) (Registration, error) {
	return s.moveSeat(ctx, by, id, cancelSeat, reason)
}

func (s *Store) moveSeat(ctx context.Context, by Actor, id string, in seatInput, reason string) (Registration, error) {
	reason = line(clip(reason, maxLine))
	if in == cancelSeat && by.Customer == "" && reason == "" {
		var f faults
		f.missing(false, "reason", "The reason is missing.", "Say why.")
		return Registration{}, f.problem(ErrIncomplete, "reason_missing", "Give a reason.", "A seat is not taken away without a reason.")
	}
	var out Registration
	err := s.write(ctx, string(in)+" seat", func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		r, err := t.registration(ctx, id)
		if err != nil {
			return err
		}
		c, err := t.class(ctx, "k.id = ?", r.Class)
		if err != nil {
			return err
		}
		if c.State.Ended() {
			return problem(ErrConflict, "class_ended", "Look at its order.", "The class has ended.")
		}
		if err := t.applySeat(ctx, &r, in, a, reason); err != nil {
			return err
		}
		out, err = t.registration(ctx, id)
		return err
	})
	return out, err
}

// applySeat does one input and its effects.
func (t *txn) applySeat(ctx context.Context, r *Registration, in seatInput, a acting, reason string) error {
	mv, ok := seatMachine.step(r.State, in)
	if !ok {
		return problem(ErrConflict, "registration_state", "Load it again and see how it stands.", "A registration that is %s cannot be changed like this.", r.State)
	}
	before := r.State
	if reason != "" {
		r.Reason = reason
	}
	r.State = mv.next
	if a.Customer != "" && in != giveSeat { // the person did it, and was answered
		r.Told = string(r.State)
	}
	if err := t.do(ctx, `UPDATE class_registrations SET state = ?, reason = ?, told = ?, version = version + 1 WHERE id = ?`, r.State, r.Reason, r.Told, r.ID); err != nil {
		return err
	}
	if err := t.classEvent(ctx, r.Class, r.ID, string(in), string(before), string(r.State), a, reason); err != nil {
		return err
	}
	for _, e := range mv.do {
		switch {
		case e == fillSeats:
			if err := t.fillClass(ctx, r.Class, a); err != nil {
				return err
			}
		case e == tellPerson && r.Told != string(r.State) && r.ID != t.registering:
			if err := t.tellNow(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellNow tells the person; who has no mail is on the organiser's list until somebody has phoned (Told).
func (t *txn) tellNow(ctx context.Context, r *Registration) error {
	r.Version++
	told, err := t.tellSeat(ctx, *r)
	if err != nil || !told {
		return err
	}
	r.Told = string(r.State)
	return t.do(ctx, `UPDATE class_registrations SET told = state WHERE id = ?`, r.ID)
}

// fillClass gives free seats to those who wait longest. Every change of seats and registrations ends with it, in its
// transaction: so there are never more people than seats, and nobody is passed over.
func (t *txn) fillClass(ctx context.Context, class string, a acting) error {
	var free int
	if err := t.get(ctx, &free, `SELECT k.seats - (SELECT COUNT(*) FROM class_registrations r WHERE r.class_id = k.id AND r.state IN ('seated', 'confirmed'))
		FROM classes k WHERE k.id = ?`, class); err != nil {
		return err
	}
	if free <= 0 {
		return nil
	}
	var rows []registrationRow
	if err := t.list(ctx, &rows, selectRegistration+` WHERE r.class_id = ? AND r.state = 'waiting' ORDER BY r.place LIMIT ?`, class, free); err != nil {
		return err
	}
	for _, row := range rows {
		r := row.registration()
		if err := t.applySeat(ctx, &r, giveSeat, a, ""); err != nil {
			return err
		}
	}
	return nil
}

// classEvent appends to the history of a class.
func (t *txn) classEvent(ctx context.Context, class, object, input, before, after string, a acting, reason string) error {
	seq, err := t.next(ctx, "class "+class)
	if err != nil {
		return err
	}
	return t.do(ctx, `INSERT INTO class_history (class_id, seq, object, input, before, after, actor, via, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		class, seq, object, input, before, after, a.name, a.Via, reason, at(t.now))
}

// RegistrationOfNumber finds who has a seat in a class under a telephone number. Errors: ErrNotFound.
func (s *Store) RegistrationOfNumber(ctx context.Context, class, number string) (Registration, error) {
	normal, _ := Normalise(number, s.opt.Region)
	var row registrationRow
	found, err := s.read().find(ctx, &row, selectRegistration+` WHERE r.class_id = ? AND r.number = ? AND r.state <> 'cancelled'`, class, normal)
	if err == nil && !found {
		err = notFound("registration", "")
	}
	return row.registration(), s.explain("registration", err)
}
