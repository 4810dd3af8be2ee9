package records

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Page is one page of a list, newest first. Next is the cursor of the following page, "" at the end.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// pageLimit bounds a page: 50 when nothing is asked for, 500 at most.
func pageLimit(asked int) int {
	if asked <= 0 {
		return 50
	}
	return min(asked, 500)
}

// cursor names the last row that was seen, by its time and its key: rows that are added meanwhile neither repeat nor hide others.
type cursor struct {
	at  stamp
	key string
}

func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(int64(c.at), 10) + " " + c.key))
}

// parseCursor reads a cursor; "" is the beginning of the list. Errors: ErrInvalid.
func parseCursor(s string) (cursor, error) {
	if s == "" {
		return cursor{at: at(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)), key: ""}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		when, key, ok := strings.Cut(string(raw), " ")
		micros, bad := strconv.ParseInt(when, 10, 64)
		if ok && bad == nil {
			return cursor{at: stamp(micros), key: key}, nil
		}
	}
	return cursor{}, problem(ErrInvalid, "cursor", "Start again without a cursor.", "%q is not a cursor of this list.", s)
}

// query builds a SELECT from the conditions that a filter asks for. Column names are ours, values are always placeholders.
type query struct {
	where []string
	args  []any
}

func (q *query) and(condition string, args ...any) {
	q.where = append(q.where, "("+condition+")")
	q.args = append(q.args, args...)
}

// equal adds a condition for values that are set.
func (q *query) equal(column, value string) {
	if value != "" {
		q.and(column+" = ?", value)
	}
}

// among adds a condition for a list that is set.
func (q *query) among(column string, values []string) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	q.and(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", args...)
}

func (q *query) between(column string, from, to time.Time) {
	if !from.IsZero() {
		q.and(column+" >= ?", at(from))
	}
	if !to.IsZero() {
		q.and(column+" < ?", at(to))
	}
}

// page adds the condition of a cursor.
func (q *query) page(timeColumn, keyColumn string, c cursor) {
	q.and(fmt.Sprintf("%s < ? OR (%s = ? AND %s < ?)", timeColumn, timeColumn, keyColumn), c.at, c.at, c.key)
}

// plain is the selection with the conditions.
func (q *query) plain(selection string) string {
	if len(q.where) > 0 {
		return selection + " WHERE " + strings.Join(q.where, " AND ")
	}
	return selection
}

func (q *query) sql(selection, order string, limit int) string {
	return q.plain(selection) + " ORDER BY " + order + " LIMIT " + strconv.Itoa(limit)
}
