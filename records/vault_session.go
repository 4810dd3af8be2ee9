package records

import (
	"context"
	"time"
)

// VaultSession is one session of the vault and, once it has ended, its tombstone. It holds no secret.
type VaultSession struct {
	ID          string       `db:"id"          json:"id"`
	Order       string       `db:"order_id"    json:"order"`
	Case        string       `db:"case_number" json:"case"`
	Engineer    string       `db:"engineer"    json:"engineer"` // login of who may read
	State       VaultState   `db:"state"       json:"state"`
	OpenedAt    time.Time    `db:"-"           json:"opened_at"`
	ExpiresAt   time.Time    `db:"-"           json:"expires_at"`
	CeilingAt   time.Time    `db:"-"           json:"ceiling_at"` // no extension goes beyond
	EndedAt     time.Time    `db:"-"           json:"ended_at,omitzero"`
	EndedBy     string       `db:"ended_by"    json:"ended_by,omitempty"`
	EndedHow    string       `db:"ended_how"   json:"ended_how,omitempty"` // closed, expired, cancelled
	DestroyedAt time.Time    `db:"-"           json:"destroyed_at,omitzero"`
	Version     int64        `db:"version"     json:"version"`
	Entries     []VaultEntry `db:"-"           json:"entries"`
	Log         []VaultLog   `db:"-"           json:"log"`
}

// Readings is how often login information was read.
func (v VaultSession) Readings() int {
	n := 0
	for _, l := range v.Log {
		if l.Action == string(readVault) {
			n++
		}
	}
	return n
}

// VaultEntry says that login information was taken, not what it is.
type VaultEntry struct {
	ID       string    `db:"id"       json:"id"`
	Kind     string    `db:"kind"     json:"kind"` // of VaultKinds
	AddedBy  string    `db:"added_by" json:"added_by"`
	Via      string    `db:"via"      json:"via"` // phone, link
	AddedAt  time.Time `db:"-"        json:"added_at"`
	Readings int       `db:"readings" json:"readings"`
	Client   string    `db:"client"   json:"-"`
}

// VaultLog is one line of a session's tombstone.
type VaultLog struct {
	Seq    int64     `db:"seq"    json:"seq"`
	At     time.Time `db:"-"      json:"at"`
	By     string    `db:"actor"  json:"by"`
	Action string    `db:"action" json:"action"` // open, keep, read, extend, close, expire, cancel, destroy
	Entry  string    `db:"entry"  json:"entry,omitempty"`
	Reason string    `db:"reason" json:"reason,omitempty"`
	Until  time.Time `db:"-"      json:"until,omitzero"`
}

// VaultKinds are what login information can be for. They are a list and no free text, so that no password is typed into what is
// not sealed.
func VaultKinds() []string {
	return []string{"tool", "system", "application", "database", "network", "other"}
}

type vaultSessionRow struct {
	VaultSession
	OpenedAt    stamp `db:"opened_at"`
	ExpiresAt   stamp `db:"expires_at"`
	CeilingAt   stamp `db:"ceiling_at"`
	EndedAt     stamp `db:"ended_at"`
	DestroyedAt stamp `db:"destroyed_at"`
}

func (r vaultSessionRow) session() VaultSession {
	v := r.VaultSession
	v.OpenedAt, v.ExpiresAt, v.CeilingAt = r.OpenedAt.time(), r.ExpiresAt.time(), r.CeilingAt.time()
	v.EndedAt, v.DestroyedAt = r.EndedAt.time(), r.DestroyedAt.time()
	return v
}

// VaultSession gives a session with its entries and its log. Errors: ErrNotFound.
func (s *Store) VaultSession(ctx context.Context, id string) (VaultSession, error) {
	var out VaultSession
	err := s.snapshot(ctx, "vault session", func(c conn) (err error) {
		out, err = c.vaultSession(ctx, id)
		return err
	})
	return out, err
}

// VaultSessions lists the sessions of an order, the last one first.
func (s *Store) VaultSessions(ctx context.Context, order string) ([]VaultSession, error) {
	var out []VaultSession
	err := s.snapshot(ctx, "vault sessions", func(c conn) (err error) {
		out, err = c.vaultSessions(ctx, order)
		return err
	})
	return out, err
}

func (c conn) vaultSessions(ctx context.Context, order string) ([]VaultSession, error) {
	out := []VaultSession{}
	var ids []string
	if err := c.list(ctx, &ids, `SELECT id FROM vault_sessions WHERE order_id = ? ORDER BY opened_at DESC, id DESC`, order); err != nil {
		return nil, err
	}
	for _, id := range ids {
		v, err := c.vaultSession(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (c conn) vaultSession(ctx context.Context, id string) (VaultSession, error) {
	var row vaultSessionRow
	found, err := c.find(ctx, &row, `SELECT * FROM vault_sessions WHERE id = ?`, id)
	if err == nil && !found {
		err = notFound("vault_session", id)
	}
	if err != nil {
		return VaultSession{}, err
	}
	v := row.session()
	var entries []struct {
		VaultEntry
		AddedAt stamp `db:"added_at"`
	}
	if err := c.list(ctx, &entries, `SELECT e.id, e.kind, e.added_by, e.via, e.added_at, e.client,
		(SELECT COUNT(*) FROM vault_log l WHERE l.session = e.session AND l.entry = e.id AND l.action = 'read') AS readings
		FROM vault_entries e WHERE e.session = ? ORDER BY e.id`, id); err != nil {
		return VaultSession{}, err
	}
	v.Entries, v.Log = []VaultEntry{}, []VaultLog{}
	for _, e := range entries {
		e.VaultEntry.AddedAt = e.AddedAt.time()
		v.Entries = append(v.Entries, e.VaultEntry)
	}
	var log []struct {
		VaultLog
		At    stamp `db:"at"`
		Until stamp `db:"until"`
	}
	if err := c.list(ctx, &log, `SELECT seq, at, actor, action, entry, reason, until FROM vault_log WHERE session = ? ORDER BY seq`, id); err != nil {
		return VaultSession{}, err
	}
	for _, l := range log {
		l.VaultLog.At, l.VaultLog.Until = l.At.time(), l.Until.time()
		v.Log = append(v.Log, l.VaultLog)
	}
	return v, nil
}
