package records

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// stamp is an instant in a column: microseconds since 1970, NULL for none. One integer sorts and compares alike in every
// database and loses nothing to a driver's idea of time zones.
type stamp int64

func at(t time.Time) stamp {
	if t.IsZero() {
		return 0
	}
	return stamp(t.UnixMicro())
}

func (s stamp) time() time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(s)).UTC()
}

// Scan implements sql.Scanner.
func (s *stamp) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*s = 0
	case int64:
		*s = stamp(v)
	default:
		return fmt.Errorf("records: %T in a column of time", src)
	}
	return nil
}

// Value implements driver.Valuer.
func (s stamp) Value() (driver.Value, error) {
	if s == 0 {
		return nil, nil //nolint:nilnil // NULL
	}
	return int64(s), nil
}

// Moment is an instant that reads itself from a column, for rows that are told as they are.
type Moment struct{ time.Time }

// Scan implements sql.Scanner.
func (m *Moment) Scan(src any) error {
	var s stamp
	err := s.Scan(src)
	m.Time = s.time()
	return err
}
