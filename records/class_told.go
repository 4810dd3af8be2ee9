package records

import "context"

// Untold is somebody of a class whose state changed and who has not been told yet.
type Untold struct {
	ID       string `db:"id"       json:"id"`
	Class    string `db:"class_id" json:"class"`
	Lecturer bool   `db:"lecturer" json:"lecturer"`
	Name     string `db:"name"     json:"name"`
	Number   string `db:"number"   json:"number"`
	Email    string `db:"email"    json:"email"`
	State    string `db:"state"    json:"state"`
	Version  int64  `db:"version"  json:"version"`
}

// Untold lists whom to tell, oldest registration first: the mark is set by Told after the message was handed over, so that a
// crash in between tells twice rather than never.
func (s *Store) Untold(ctx context.Context, limit int) ([]Untold, error) {
	out := []Untold{}
	err := s.read().list(ctx, &out, `SELECT r.id, r.class_id, 0 AS lecturer, r.name, r.number, r.email, r.state, r.version FROM class_registrations r
		WHERE r.told <> r.state UNION ALL
		SELECT l.id, l.class_id, 1 AS lecturer, l.name, l.number, l.email, l.state, l.version FROM class_lecturers l
		WHERE l.told <> l.state AND l.state <> 'declined' ORDER BY id LIMIT ?`, pageLimit(limit))
	return out, s.explain("untold", err)
}

// Told records that somebody was told of the state that u names. A later state is told again.
func (s *Store) Told(ctx context.Context, u Untold) error {
	return s.write(ctx, "told", func(t *txn) error {
		table := "class_registrations"
		if u.Lecturer {
			table = "class_lecturers"
		}
		return t.do(ctx, `UPDATE `+table+` SET told = ? WHERE id = ?`, u.State, u.ID)
	})
}
