package records

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"hotline/records/procedure"
)

// Lesson is one part of a class: when, where, what.
type Lesson struct {
	ID      string    `db:"id"       json:"id"`
	Class   string    `db:"class_id" json:"class"`
	From    time.Time `db:"-"        json:"from"`
	To      time.Time `db:"-"        json:"to"`
	Place   string    `db:"place"    json:"place"`
	Course  string    `db:"course"   json:"course"`
	Off     bool      `db:"off"      json:"off"` // does not take place
	Secret  string    `db:"secret"   json:"-"`
	Changed time.Time `db:"-"        json:"changed"`
	Version int64     `db:"version"  json:"version"`
}

type lessonRow struct {
	Lesson
	From    stamp `db:"from_at"`
	To      stamp `db:"to_at"`
	Changed stamp `db:"changed"`
}

func (r lessonRow) lesson() Lesson {
	s := r.Lesson
	s.From, s.To, s.Changed = r.From.time(), r.To.time(), r.Changed.time()
	return s
}

// Lessons lists the sessions of a class, the first first.
func (s *Store) Lessons(ctx context.Context, class string) ([]Lesson, error) {
	out, err := s.read().lessons(ctx, class)
	return out, s.explain("sessions", err)
}

func (c conn) lessons(ctx context.Context, class string) ([]Lesson, error) {
	var rows []lessonRow
	err := c.list(ctx, &rows, `SELECT * FROM class_sessions WHERE class_id = ? ORDER BY from_at, id`, class)
	return mapped(rows, lessonRow.lesson), err
}

// Lesson gives one session. Errors: ErrNotFound.
func (s *Store) Lesson(ctx context.Context, id string) (Lesson, error) {
	out, err := s.read().lesson(ctx, id)
	return out, s.explain("session", err)
}

func (c conn) lesson(ctx context.Context, id string) (Lesson, error) {
	var row lessonRow
	found, err := c.find(ctx, &row, `SELECT * FROM class_sessions WHERE id = ?`, id)
	if err == nil && !found {
		err = notFound("session", id)
	}
	return row.lesson(), err
}

// SaveLesson adds a session, or changes the one with in.ID; Off strikes it out. Whoever is registered is told of the change. Errors: ErrNotFound, ErrForbidden,
// ErrInvalid, ErrConflict (stale in.Version, class ended).
func (s *Store) SaveLesson(ctx context.Context, by Actor, in Lesson) (Lesson, error) {
	in.Place, in.Course = line(in.Place), line(in.Course)
	var f faults
	f.required("place", in.Place, maxLine, "The place is missing.", "Say where.")
	f.required("course", in.Course, maxLine, "The course is missing.", "Say what is taught.")
	if in.From.IsZero() || !in.To.After(in.From) || in.To.Sub(in.From) > 24*time.Hour {
		f.add("from", "times", "Give a beginning and a later end on one day.", "The time has no beginning or no end, or ends before it begins.")
	}
	if err := f.problem(ErrInvalid, "session_invalid", "Mend the fields named.", "The session cannot be kept like this."); err != nil {
		return Lesson{}, err
	}
	var out Lesson
	err := s.write(ctx, "save lesson", func(t *txn) error {
		c, _, err := t.changingClass(ctx, by, in.Class, 0)
		if err != nil {
			return err
		}
		var was Lesson
		if in.ID != "" {
			if was, err = t.lesson(ctx, in.ID); err != nil {
				return err
			}
		}
		if in.ID == "" {
			secret := make([]byte, 32)
			_, _ = rand.Read(secret) // never fails (crypto/rand)
			in.ID = newID(t.now)
			err = t.do(ctx, `INSERT INTO class_sessions (id, class_id, from_at, to_at, place, course, secret, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
				in.ID, c.ID, at(in.From), at(in.To), in.Place, in.Course, hex.EncodeToString(secret), at(t.now))
		} else {
			var n int64
			n, err = t.exec(ctx, `UPDATE class_sessions SET from_at = ?, to_at = ?, place = ?, course = ?, off = ?, changed = ?, version = version + 1
				WHERE id = ? AND class_id = ? AND version = ?`, at(in.From), at(in.To), in.Place, in.Course, in.Off, at(t.now), in.ID, c.ID, in.Version)
			if err == nil && n == 0 {
				return problem(ErrConflict, "changed_meanwhile", "Load it again and repeat what you did.", "The session was changed by somebody else.")
			}
		}
		if err != nil {
			return err
		}
		if out, err = t.lesson(ctx, in.ID); err != nil || was.ID == "" {
			return err
		}
		return t.tellMoved(ctx, c, was, out)
	})
	return out, err
}

// Lecturer is somebody who is asked to teach.
type Lecturer struct {
	ID           string        `db:"id"           json:"id"`
	Class        string        `db:"class_id"     json:"class"`
	Name         string        `db:"name"         json:"name"`
	Outside      bool          `db:"outside"      json:"outside"` // an expert from outside the house
	Organisation string        `db:"organisation" json:"organisation"`
	Subject      string        `db:"subject"      json:"subject"`
	Number       string        `db:"number"       json:"number,omitempty"`
	Email        string        `db:"email"        json:"email,omitempty"`
	State        LecturerState `db:"state"        json:"state"`
	Reason       string        `db:"reason"       json:"reason,omitempty"`
	Told         string        `db:"told"         json:"told"`
	InvitedAt    time.Time     `db:"-"            json:"invited_at"`
	Version      int64         `db:"version"      json:"version"`
}

type lecturerRow struct {
	Lecturer
	InvitedAt stamp `db:"invited_at"`
}

func (r lecturerRow) lecturer() Lecturer {
	r.Lecturer.InvitedAt = r.InvitedAt.time()
	return r.Lecturer
}

// Lecturers lists who was asked to teach a class.
func (s *Store) Lecturers(ctx context.Context, class string) ([]Lecturer, error) {
	out, err := s.read().lecturers(ctx, class)
	return out, s.explain("lecturers", err)
}

func (c conn) lecturers(ctx context.Context, class string) ([]Lecturer, error) {
	var rows []lecturerRow
	err := c.list(ctx, &rows, `SELECT * FROM class_lecturers WHERE class_id = ? ORDER BY invited_at, id`, class)
	return mapped(rows, lecturerRow.lecturer), err
}

// Lecturer gives one invitation. Errors: ErrNotFound.
func (s *Store) Lecturer(ctx context.Context, id string) (Lecturer, error) {
	out, err := s.read().lecturer(ctx, id)
	return out, s.explain("lecturer", err)
}

func (c conn) lecturer(ctx context.Context, id string) (Lecturer, error) {
	var row lecturerRow
	found, err := c.find(ctx, &row, `SELECT * FROM class_lecturers WHERE id = ?`, id)
	if err == nil && !found {
		err = notFound("lecturer", id)
	}
	return row.lecturer(), err
}

// InviteLecturer asks somebody to teach. Errors: ErrNotFound, ErrForbidden, ErrInvalid, ErrConflict.
func (s *Store) InviteLecturer(ctx context.Context, by Actor, in Lecturer) (Lecturer, error) {
	in.Name, in.Organisation, in.Subject, in.Email = line(in.Name), line(in.Organisation), line(in.Subject), line(in.Email)
	var f faults
	f.required("name", in.Name, 100, "The name is missing.", "Say who.")
	f.required("subject", in.Subject, maxLine, "The subject is missing.", "Say what he or she teaches.")
	f.short("organisation", in.Organisation, maxLine)
	f.short("email", in.Email, maxLine)
	f.missing(!in.Outside || in.Organisation != "", "organisation", "An outside expert comes from somewhere.", "Name the organisation.")
	number, known := "", true
	if in.Number = strings.TrimSpace(in.Number); in.Number != "" {
		number, known = Normalise(in.Number, s.opt.Region)
	}
	f.missing(known, "number", "This is no telephone number.", "Correct it or leave it out.")
	f.missing(number != "" || in.Email != "", "number", "Neither number nor e-mail is given.", "Say how to reach the lecturer.")
	if err := f.problem(ErrInvalid, "lecturer_invalid", "Mend the fields named.", "Nobody can be invited like this."); err != nil {
		return Lecturer{}, err
	}
	var out Lecturer
	err := s.write(ctx, "invite lecturer", func(t *txn) error {
		c, a, err := t.changingClass(ctx, by, in.Class, 0)
		if err != nil {
			return err
		}
		id := newID(t.now)
		if err := t.do(ctx, `INSERT INTO class_lecturers (id, class_id, name, outside, organisation, subject, number, email, state, invited_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, c.ID, in.Name, in.Outside, in.Organisation, in.Subject, number, in.Email, LecturerInvited, at(t.now)); err != nil {
			return err
		}
		if err := t.classEvent(ctx, c.ID, id, "invite", "", string(LecturerInvited), a, ""); err != nil {
			return err
		}
		out, err = t.tellLecturerNow(ctx, id)
		return err
	})
	return out, err
}

// tellLecturerNow tells a lecturer of a state that somebody else brought about.
func (t *txn) tellLecturerNow(ctx context.Context, id string) (Lecturer, error) {
	l, err := t.lecturer(ctx, id)
	if err != nil || l.Told == string(l.State) || l.State == LecturerDeclined {
		return l, err
	}
	told, err := t.tellLecturer(ctx, l)
	if err != nil || !told {
		return l, err
	}
	l.Told = string(l.State)
	return l, t.do(ctx, `UPDATE class_lecturers SET told = state WHERE id = ?`, id)
}

// The answers to an invitation, and what the organiser may do with it.
const (
	AnswerAccept   = string(acceptClass)
	AnswerDecline  = string(declineClass)
	AnswerAgain    = string(inviteAgain)
	AnswerWithdraw = string(withdrawClass)
)

// AnswerLecturer does one of the answers: the lecturer by a link, or staff who asked; to invite again or to withdraw is a
// manager's. Errors: ErrNotFound, ErrForbidden, ErrConflict, ErrIncomplete (reason of a decline by staff or a withdrawal).
func (s *Store) AnswerLecturer(ctx context.Context, by Actor, id, answer, reason string) (Lecturer, error) {
	reason = line(clip(reason, maxLine))
	var f faults
	f.missing(reason != "" || by.Customer != "" || answer == AnswerAccept || answer == AnswerAgain, "reason", "The reason is missing.", "Say why.")
	if err := f.problem(ErrIncomplete, "reason_missing", "Give a reason.", "This needs a reason."); err != nil {
		return Lecturer{}, err
	}
	var out Lecturer
	err := s.write(ctx, "answer lecturer", func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		l, err := t.lecturer(ctx, id)
		if err != nil {
			return err
		}
		if (answer == AnswerAgain || answer == AnswerWithdraw) && !a.is(procedure.Manager) {
			return problem(ErrForbidden, "manager_only", "Ask the service manager.", "Only a service manager does this.")
		}
		mv, ok := lecturerMachine.step(l.State, lecturerInput(answer))
		if !ok {
			return problem(ErrConflict, "lecturer_state", "Load it again and see how it stands.", "A lecturer who is %s cannot be changed like this.", l.State)
		}
		told := l.Told
		if by.Customer != "" { // the lecturer did it, and was answered
			told = string(mv.next)
		}
		if err := t.do(ctx, `UPDATE class_lecturers SET state = ?, reason = ?, told = ?, version = version + 1 WHERE id = ?`, mv.next, reason, told, id); err != nil {
			return err
		}
		if err := t.classEvent(ctx, l.Class, id, answer, string(l.State), string(mv.next), a, reason); err != nil {
			return err
		}
		out, err = t.tellLecturerNow(ctx, id)
		return err
	})
	return out, err
}

// CountParticipants settles the step of counting and confirming: at least one person has confirmed. Errors: ErrIncomplete,
// ErrConflict, ErrForbidden, ErrNotFound.
func (s *Store) CountParticipants(ctx context.Context, by Actor, class string) error {
	return s.write(ctx, "count participants", func(t *txn) error {
		c, _, err := t.changingClass(ctx, by, class, 0)
		if err != nil {
			return err
		}
		if c.Confirmed == 0 {
			return lacking("participants", "还没有人确认参加", "nobody has confirmed to come")
		}
		return t.settleWith(ctx, by, c.ID, "participants", piece{"confirmed", procedure.Fact, map[string]any{
			"registered": c.Taken + c.Waiting, "confirmed": c.Confirmed,
		}, ""})
	})
}

// lacking is a refusal that names one thing, in both languages.
func lacking(step, zh, en string) *Problem {
	p := problem(ErrIncomplete, "class_incomplete", "Add what is missing.", "Not possible yet: %s.", en)
	p.Lacks = []procedure.Lack{{Code: "missing", Step: step, What: procedure.Text{ZH: zh, EN: en}}}
	return p
}

// ConfirmArrangement settles time, place, course and lecturers: there is a session, and each invited lecturer has answered,
// one of them yes. Without an outside expert, noExpert says why the manager does without. Errors: as CountParticipants.
func (s *Store) ConfirmArrangement(ctx context.Context, by Actor, class, noExpert string) error {
	noExpert = text(noExpert)
	return s.write(ctx, "confirm arrangement", func(t *txn) error {
		c, a, err := t.changingClass(ctx, by, class, 0)
		if err != nil {
			return err
		}
		sessions, err := t.lessons(ctx, c.ID)
		if err != nil {
			return err
		}
		lecturers, err := t.lecturers(ctx, c.ID)
		if err != nil {
			return err
		}
		pieces, err := arrangement(c, sessions, lecturers, t.s.opt.Zone)
		if err != nil {
			return err
		}
		if noExpert != "" {
			pieces = append(pieces, piece{"expert", procedure.Waiver, map[string]any{"who": a.name, "reason": noExpert}, ""})
		}
		return t.settleWith(ctx, by, c.ID, "arrangement", pieces...)
	})
}

func arrangement(c Class, sessions []Lesson, lecturers []Lecturer, zone *time.Location) ([]piece, error) {
	var pieces []piece
	for _, x := range sessions {
		if !x.Off {
			pieces = append(pieces, piece{"sessions", procedure.Fact, map[string]any{
				"from": x.From.In(zone).Format(time.RFC3339), "to": x.To.In(zone).Format(time.RFC3339), "place": x.Place, "course": x.Course,
			}, ""})
		}
	}
	if len(pieces) == 0 {
		return nil, lacking("arrangement", "还没有课程安排（时间、地点、课程）", "no session with time, place and course is arranged")
	}
	var names []string
	outside := 0
	for _, l := range lecturers {
		switch l.State {
		case LecturerInvited:
			return nil, lacking("arrangement", "讲师“"+l.Name+"”尚未答复", l.Name+" has not answered the invitation")
		case LecturerConfirmed:
			names = append(names, l.Name)
			if l.Outside {
				outside++
				pieces = append(pieces, piece{"expert", procedure.Fact, map[string]any{"name": l.Name, "from": l.Organisation}, ""})
			}
		case LecturerDeclined, LecturerWithdrawn:
		}
	}
	if len(names) == 0 {
		return nil, lacking("arrangement", "还没有已确认的讲师", fmt.Sprintf("no lecturer of %s is confirmed", c.Number))
	}
	return append(pieces, piece{"lecturers", procedure.Fact, map[string]any{"names": strings.Join(names, "、"), "outside": outside}, ""}), nil
}
