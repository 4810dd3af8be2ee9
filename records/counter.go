package records

import (
	"context"
	"time"

	"github.com/oklog/ulid/v2"
)

// next counts the named counter up. The row stays locked until the transaction ends, in every database: numbers become
// visible in their order and without gaps, which a sequence or AUTOINCREMENT does not promise.
func (t *txn) next(ctx context.Context, name string) (int64, error) {
	var n int64
	err := t.get(ctx, &n, `INSERT INTO counters (name, value) VALUES (?, 1)
		ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value`, name)
	return n, err
}

// newID makes an identifier that sorts by time.
func newID(now time.Time) string {
	return ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String()
}
