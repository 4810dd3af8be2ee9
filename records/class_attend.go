package records

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"hotline/records/procedure"
)

// The ways in which attendance is taken.
const (
	ByCode = "code" // the person scanned the code shown in the room
	ByPass = "pass" // staff scanned the person's pass
	ByList = "list" // staff ticked the list
)

// RoomCodeLife is how long the code shown in a room is shown; it is taken for as long again, for those who type slowly.
const RoomCodeLife = time.Minute

// RoomCode gives the check-in code that a room shows at an instant: 40 bits of an HMAC over the session's secret and the
// minute, so that nobody who is not there knows it.
func (x Lesson) RoomCode(now time.Time) string {
	return x.roomCode(now.Unix() / int64(RoomCodeLife.Seconds()))
}

func (x Lesson) roomCode(window int64) string {
	key, err := hex.DecodeString(x.Secret)
	if err != nil {
		key = []byte(x.Secret)
	}
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(x.ID + " " + strconv.FormatInt(window, 10))) // a hash never fails to write
	return strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)[:5]))
}

func (x Lesson) takes(code string, now time.Time) bool {
	window := now.Unix() / int64(RoomCodeLife.Seconds())
	return hmac.Equal([]byte(x.roomCode(window)), []byte(code)) || hmac.Equal([]byte(x.roomCode(window-1)), []byte(code))
}

// Attendance is the last word about a person in a session.
type Attendance struct {
	Session      string    `db:"session_id"   json:"session"`
	Registration string    `db:"registration" json:"registration"`
	Present      bool      `db:"present"      json:"present"`
	How          string    `db:"how"          json:"how"`
	By           string    `db:"actor"        json:"by"`
	Reason       string    `db:"reason"       json:"reason,omitempty"`
	At           time.Time `db:"-"            json:"at"`
}

type attendanceRow struct {
	Attendance
	At stamp `db:"at"`
}

// Attendances gives the last word about everybody in every session of a class.
func (s *Store) Attendances(ctx context.Context, class string) ([]Attendance, error) {
	out, err := s.read().attendances(ctx, class)
	return out, s.explain("attendance", err)
}

func (c conn) attendances(ctx context.Context, class string) ([]Attendance, error) {
	var rows []attendanceRow
	err := c.list(ctx, &rows, `SELECT a.session_id, a.registration, a.present, a.how, a.actor, a.reason, a.at FROM class_attendance a
		JOIN class_sessions s ON s.id = a.session_id WHERE s.class_id = ? AND a.seq = (SELECT MAX(b.seq) FROM class_attendance b
		WHERE b.session_id = a.session_id AND b.registration = a.registration) ORDER BY a.at`, class)
	return mapped(rows, func(r attendanceRow) Attendance {
		r.Attendance.At = r.At.time()
		return r.Attendance
	}), err
}

// early is how long before its beginning people may check in.
const early = 2 * time.Hour

// CheckIn records that a person came: with the code of the room (device names what scanned it; one device checks in one
// person), or by staff with ByPass or ByList. Once is enough; ErrConflict says when it was. Errors also: ErrNotFound,
// ErrForbidden (wrong code), ErrConflict (no seat, not the time, not this device).
func (s *Store) CheckIn(ctx context.Context, by Actor, session, registration, how, code, device string) (Attendance, error) {
	var out Attendance
	err := s.write(ctx, "check in", func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		x, err := t.lesson(ctx, session)
		if err != nil {
			return err
		}
		r, err := t.registration(ctx, registration)
		if err != nil {
			return err
		}
		if err := t.mayCheckIn(ctx, x, r, how, code, device); err != nil {
			return err
		}
		out, err = t.attend(ctx, a, Attendance{Session: x.ID, Registration: r.ID, Present: true, How: how}, device)
		return err
	})
	return out, err
}

func (t *txn) mayCheckIn(ctx context.Context, x Lesson, r Registration, how, code, device string) error {
	switch {
	case r.Class != x.Class || !r.State.Seated():
		return problem(ErrConflict, "no_seat", "Ask the organiser.", "There is no seat for this person in this class.")
	case x.Off || t.now.Before(x.From.Add(-early)) || how == ByCode && t.now.After(x.To):
		return problem(ErrConflict, "not_now", "Check the time of the session.", "The session does not take place now.")
	case how == ByCode && !x.takes(code, t.now):
		return problem(ErrForbidden, "code_old", "Scan the code in the room again.", "The code is not valid any more.")
	}
	if how == ByCode {
		var n int
		if err := t.get(ctx, &n, `SELECT COUNT(*) FROM class_attendance WHERE session_id = ? AND device = ? AND registration <> ?`, x.ID, device, r.ID); err != nil {
			return err
		}
		if n > 0 || device == "" {
			return problem(ErrConflict, "device_used", "Let the organiser check you in.", "This device has checked somebody in already.")
		}
	}
	var last attendanceRow
	found, err := t.find(ctx, &last, `SELECT session_id, registration, present, how, actor, reason, at FROM class_attendance
		WHERE session_id = ? AND registration = ? ORDER BY seq DESC LIMIT 1`, x.ID, r.ID)
	if err != nil {
		return err
	}
	if found && last.Present {
		return problem(ErrConflict, "checked_in", "Nothing more is to be done.", "Checked in already at %s.", last.At.time().In(t.s.opt.Zone).Format("15:04"))
	}
	return nil
}

func (t *txn) attend(ctx context.Context, a acting, in Attendance, device string) (Attendance, error) {
	var seq int64
	if err := t.get(ctx, &seq, `SELECT COALESCE(MAX(seq), 0) + 1 FROM class_attendance WHERE session_id = ? AND registration = ?`, in.Session, in.Registration); err != nil {
		return in, err
	}
	in.By, in.At = a.name, t.now
	if in.How != ByCode || seq > 1 {
		device = ""
	}
	return in, t.do(ctx, `INSERT INTO class_attendance (session_id, registration, seq, present, how, device, actor, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		in.Session, in.Registration, seq, in.Present, in.How, device, in.By, in.Reason, at(in.At))
}

// TakeBack corrects the list: a person was not there after all. Errors: ErrNotFound, ErrIncomplete (reason), ErrForbidden.
func (s *Store) TakeBack(ctx context.Context, by Actor, session, registration, reason string) (Attendance, error) {
	if reason = line(clip(reason, maxLine)); reason == "" {
		return Attendance{}, problem(ErrIncomplete, "reason_missing", "Say why.", "A correction needs a reason.")
	}
	var out Attendance
	err := s.write(ctx, "take back", func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		out, err = t.attend(ctx, a, Attendance{Session: session, Registration: registration, How: ByList, Reason: reason}, "")
		return err
	})
	return out, err
}

// present counts persons who came to a session of the class.
func present(all []Attendance) map[string]bool {
	came := map[string]bool{}
	for _, a := range all {
		if a.Present {
			came[a.Registration] = true
		}
	}
	return came
}

// CloseAttendance settles the step of holding the class: somebody came. Errors: as CountParticipants.
func (s *Store) CloseAttendance(ctx context.Context, by Actor, class string) error {
	return s.write(ctx, "close attendance", func(t *txn) error {
		c, _, err := t.changingClass(ctx, by, class, 0)
		if err != nil {
			return err
		}
		all, err := t.attendances(ctx, c.ID)
		if err != nil {
			return err
		}
		n := len(present(all))
		if n == 0 {
			return lacking("hold", "还没有人签到", "nobody has checked in")
		}
		return t.settleWith(ctx, by, c.ID, "hold", piece{"attendance", procedure.Fact, map[string]any{"present": n}, ""})
	})
}
