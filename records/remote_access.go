package records

import (
	"context"
	"encoding/json"
	"net/netip"
	"time"

	"hotline/records/probe"
	"hotline/records/procedure"
)

// The steps and needs of procedure "remote" that this server fills in itself.
const (
	remoteKind  = KindRemote
	stepOpen    = "open_port"
	needAccess  = "access"
	needOpened  = "port_opened"
	stepLogin   = "login"
	needVault   = "vault"
	stepClosing = "closing"
	needClosed  = "port_closed"
	needErased  = "vault_closed"
)

// The phases in which a port is looked at.
const (
	ProbeOpening = "opening" // the session opens: the agreed port is to be open
	ProbeClosing = "closing" // the work is done: every port that was agreed is to be closed again
)

// RemoteAccess is how the engineer comes into the customer's system, as agreed with the customer.
type RemoteAccess struct {
	Tool string    `json:"tool"`
	Way  string    `json:"way"` // "port": the customer opens one; "relay": the tool's own, nothing is opened
	Host string    `json:"host"`
	Port uint16    `json:"port"`
	At   time.Time `json:"at,omitzero"`
	By   string    `json:"by,omitempty"`
}

// PortProbe is what was seen of a port: probe.Result, kept.
type PortProbe struct {
	ID        string        `json:"id"`
	Order     string        `json:"order"`
	Phase     string        `json:"phase"` // opening, closing
	Host      string        `json:"host"`
	Port      uint16        `json:"port"`
	Outcome   probe.Outcome `json:"outcome"`
	Reason    probe.Reason  `json:"reason"`
	Addresses []netip.Addr  `json:"addresses"`
	Looks     []probe.Look  `json:"looks"`
	By        string        `json:"by"`
	At        time.Time     `json:"at"`
	Took      time.Duration `json:"took"`
}

// RemoteFile is what only a remote order has: the agreed accesses (the last one counts), what was seen of their ports, the sessions of
// the vault. It holds no secret.
type RemoteFile struct {
	Accesses []RemoteAccess `json:"accesses"`
	Probes   []PortProbe    `json:"probes"`   // oldest first
	Sessions []VaultSession `json:"sessions"` // the last one first
}

// Access is the agreed access; false when none is agreed yet.
func (f RemoteFile) Access() (RemoteAccess, bool) {
	if len(f.Accesses) == 0 {
		return RemoteAccess{}, false
	}
	return f.Accesses[len(f.Accesses)-1], true
}

// Session is the open session of the vault.
func (f RemoteFile) Session() (VaultSession, bool) {
	for _, v := range f.Sessions {
		if v.State == VaultOpen {
			return v, true
		}
	}
	return VaultSession{}, false
}

// RemoteFile gives what only a remote order has, by its id or number. Errors: ErrNotFound.
func (s *Store) RemoteFile(ctx context.Context, order string) (RemoteFile, error) {
	var f RemoteFile
	err := s.snapshot(ctx, "remote order", func(c conn) error {
		o, err := c.order(ctx, order)
		if err != nil {
			return err
		}
		if f.Accesses, err = c.accesses(ctx, o.ID); err != nil {
			return err
		}
		if f.Probes, err = c.probes(ctx, o.ID); err != nil {
			return err
		}
		f.Sessions, err = c.vaultSessions(ctx, o.ID)
		return err
	})
	return f, err
}

// accesses reads the agreed accesses from the order's evidence.
func (c conn) accesses(ctx context.Context, order string) ([]RemoteAccess, error) {
	var rows []evidenceRow
	err := c.list(ctx, &rows, selectEvidence+` WHERE e.order_id = ? AND e.step = ? AND e.need = ? AND e.kind = ? ORDER BY e.seq`,
		order, stepOpen, needAccess, string(procedure.Fact))
	out := make([]RemoteAccess, 0, len(rows))
	for _, r := range rows {
		var a RemoteAccess
		if err := json.Unmarshal([]byte(r.Body), &a); err != nil {
			continue // the fields were checked when it came in
		}
		a.At, a.By = r.At.time(), r.Actor
		out = append(out, a)
	}
	return out, err
}

func (c conn) probes(ctx context.Context, order string) ([]PortProbe, error) {
	var rows []struct {
		ID        string        `db:"id"`
		Order     string        `db:"order_id"`
		Phase     string        `db:"phase"`
		Host      string        `db:"host"`
		Port      uint16        `db:"port"`
		Outcome   probe.Outcome `db:"outcome"`
		Reason    probe.Reason  `db:"reason"`
		Addresses string        `db:"addresses"`
		Looks     string        `db:"looks"`
		By        string        `db:"actor"`
		At        stamp         `db:"at"`
		Took      int64         `db:"took"`
	}
	if err := c.list(ctx, &rows, `SELECT * FROM port_probes WHERE order_id = ? ORDER BY at, id`, order); err != nil {
		return nil, err
	}
	out := make([]PortProbe, 0, len(rows))
	for _, r := range rows {
		p := PortProbe{
			ID: r.ID, Order: r.Order, Phase: r.Phase, Host: r.Host, Port: r.Port, Outcome: r.Outcome, Reason: r.Reason, By: r.By,
			At: r.At.time(), Took: time.Duration(r.Took) * time.Microsecond,
		}
		if err := json.Unmarshal([]byte(r.Addresses), &p.Addresses); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(r.Looks), &p.Looks); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}
