package records

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"hotline/records/procedure"
)

// Evidence is one piece of evidence, or one event, of an order or a case. Chain, Seq and the hashes make it a link of the
// case's chain; it is never edited.
type Evidence struct {
	ID       string                 `json:"id"`
	Chain    string                 `json:"chain"` // case number, or the id of an order without case
	Seq      int64                  `json:"seq"`   // from 1
	Order    string                 `json:"order,omitempty"`
	Case     string                 `json:"case,omitempty"`
	Step     string                 `json:"step,omitempty"`
	Need     string                 `json:"need,omitempty"` // "" for more than was asked for
	Kind     procedure.EvidenceKind `json:"kind"`
	Actor    string                 `json:"actor"` // login, "customer" or "system"
	Role     string                 `json:"role,omitempty"`
	Via      string                 `json:"via,omitempty"`
	Body     json.RawMessage        `json:"body,omitempty"`   // procedure.Body, or the fields of a fact
	File     string                 `json:"file,omitempty"`   // id
	SHA256   string                 `json:"sha256,omitempty"` // of the file
	At       time.Time              `json:"at"`               // by this server's clock
	DeviceAt time.Time              `json:"device_at,omitzero"`
	Client   string                 `json:"client,omitempty"`
	Prev     string                 `json:"prev"`
	Hash     string                 `json:"hash"`
}

// EvidenceInput is a piece of evidence to add.
type EvidenceInput struct {
	Order string // id; or Case alone, for what belongs to no order
	Case  string
	Step  string
	Need  string // of the step; "" for more than is asked for
	Kind  procedure.EvidenceKind
	Body  json.RawMessage // procedure.Body, or the fields of a fact
	File  string          // id, see SaveFile
	// DeviceAt is the time by the clock of the device that it was made on, Client an id made there: the same again gives the
	// first, so that a device without network may send as often as it likes.
	DeviceAt time.Time
	Client   string
	Version  int64 // of the order, as seen; 0 = whatever
}

type evidenceRow struct {
	ID       string `db:"id"`
	Chain    string `db:"chain"`
	Seq      int64  `db:"seq"`
	Order    string `db:"order_id"`
	Case     string `db:"case_number"`
	Step     string `db:"step"`
	Need     string `db:"need"`
	Kind     string `db:"kind"`
	Actor    string `db:"actor"`
	Role     string `db:"role"`
	Via      string `db:"via"`
	Body     string `db:"body"`
	File     string `db:"file"`
	SHA256   string `db:"sha256"`
	At       stamp  `db:"at"`
	DeviceAt stamp  `db:"device_at"`
	Client   string `db:"client"`
	Prev     string `db:"prev"`
	Hash     string `db:"hash"`
}

func (r evidenceRow) evidence() Evidence {
	e := Evidence{
		ID: r.ID, Chain: r.Chain, Seq: r.Seq, Order: r.Order, Case: r.Case, Step: r.Step, Need: r.Need,
		Kind: procedure.EvidenceKind(r.Kind), Actor: r.Actor, Role: r.Role, Via: r.Via, File: r.File, SHA256: r.SHA256, At: r.At.time(),
		DeviceAt: r.DeviceAt.time(), Client: r.Client, Prev: r.Prev, Hash: r.Hash,
	}
	if r.Body != "" {
		e.Body = json.RawMessage(r.Body)
	}
	return e
}

const selectEvidence = `SELECT e.id, e.chain, e.seq, e.order_id, e.case_number, e.step, e.need, e.kind, e.actor, e.role, e.via, e.body,
	COALESCE(e.file, '') AS file, e.sha256, e.at, e.device_at, e.client, e.prev, e.hash FROM evidence e`

// evidenceVersion begins the hashed text. Another way of hashing gets another name.
const evidenceVersion = "hotline-evidence/1"

// chainHash is the hash that a piece must have: SHA-256, in lower-case hex, of the version's line and then, for each of id,
// chain, seq, order, case, step, need, kind, actor, role, via, body, file, sha256, at, device_at, client, prev, the line
// "<number of bytes>:<value>". Numbers are decimal, times microseconds since 1970 UTC (0 for none), body is the text as it
// stands in the column. See JournalEntry for what such a chain shows and what it cannot.
func (e Evidence) chainHash() string {
	h := sha256.New()
	_, _ = io.WriteString(h, evidenceVersion+"\n") // a hash never fails to write
	for _, field := range []string{
		e.ID, e.Chain, strconv.FormatInt(e.Seq, 10), e.Order, e.Case, e.Step, e.Need, string(e.Kind), e.Actor, e.Role, e.Via,
		string(e.Body), e.File, e.SHA256, strconv.FormatInt(int64(at(e.At)), 10), strconv.FormatInt(int64(at(e.DeviceAt)), 10),
		e.Client, e.Prev,
	} {
		_, _ = fmt.Fprintf(h, "%d:%s\n", len(field), field)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// AddEvidence adds a piece of evidence to a step of an order, or to a case. It is durable when it returns. What does not
// prove the need it is for is refused with everything that it lacks (Problem.Lacks).
// Errors: ErrNotFound, ErrForbidden, ErrIncomplete, ErrInvalid, ErrConflict (stale version, or the order has ended).
func (s *Store) AddEvidence(ctx context.Context, by Actor, in EvidenceInput) (Evidence, error) {
	in.Client = line(in.Client)
	var f faults
	f.short("client", in.Client, maxLine)
	f.missing(len(in.Body) == 0 || json.Valid(in.Body), "body", "The body is not JSON.", "Send JSON.")
	if len(in.Body) > 64<<10 {
		f.add("body", "too_long", "Send the long part as a file.", "The body has %d bytes; 65536 are kept.", len(in.Body))
	}
	f.missing(in.Order != "" || in.Case != "", "order", "Neither order nor case is named.", "Name the order.")
	if err := f.problem(ErrInvalid, "evidence_invalid", "Mend the fields named.", "The evidence cannot be kept like this."); err != nil {
		return Evidence{}, err
	}
	var compact bytes.Buffer // so that the text that is hashed survives every JSON encoder between here and who checks it
	if len(in.Body) > 0 && json.Compact(&compact, in.Body) == nil {
		in.Body = compact.Bytes()
	}
	var out Evidence
	err := s.write(ctx, "add evidence", func(t *txn) (err error) {
		out, err = t.addEvidence(ctx, by, in)
		return err
	})
	return out, err
}

func (t *txn) addEvidence(ctx context.Context, by Actor, in EvidenceInput) (Evidence, error) {
	a, err := t.acting(ctx, by)
	if err != nil {
		return Evidence{}, err
	}
	if in.Client != "" {
		var row evidenceRow
		found, err := t.find(ctx, &row, selectEvidence+` WHERE e.client = ?`, in.Client)
		if err != nil {
			return Evidence{}, err
		}
		if found {
			return t.sameEvidence(ctx, row.evidence(), a, in)
		}
	}
	e := Evidence{
		Order: in.Order, Case: in.Case, Step: in.Step, Need: in.Need, Kind: in.Kind, Actor: a.name, Role: a.part(nil), Via: a.Via, Body: in.Body,
		File: in.File, DeviceAt: in.DeviceAt.UTC().Truncate(time.Microsecond), Client: in.Client,
	}
	if in.DeviceAt.IsZero() {
		e.DeviceAt = time.Time{}
	}
	media := ""
	if in.File != "" {
		file, err := t.file(ctx, in.File)
		if err != nil {
			return Evidence{}, err
		}
		e.SHA256, media = file.SHA256, file.Media
	}
	if in.Order == "" {
		return t.caseEvidence(ctx, a, e)
	}
	r, err := t.running(ctx, a, in.Order, in.Version, procedure.Add)
	if err != nil {
		return Evidence{}, err
	}
	step, _ := r.def.Step(in.Step)
	e.Order, e.Case, e.Role = r.order.ID, r.order.Case, a.part(step.By)
	if by.Customer != "" {
		e.Role = procedure.Customer
		if e.Body, err = named(in.Body, by.Customer); err != nil {
			return Evidence{}, err
		}
		in.Body = e.Body
	}
	piece := procedure.Piece{Step: in.Step, Need: in.Need, Kind: in.Kind, Actor: e.Actor, Via: e.Via, Body: in.Body, File: in.File, Media: media, At: t.now}
	if err := r.apply(ctx, t, procedure.Input{Do: procedure.Add, Step: in.Step, Parts: a.parts, Piece: piece}); err != nil {
		return Evidence{}, err
	}
	if e, err = t.chain(ctx, e); err != nil {
		return e, err
	}
	return e, r.save(ctx, t, "evidence", in.Step)
}

// named puts the name of the customer's person into a body that names nobody.
func named(body json.RawMessage, who string) (json.RawMessage, error) {
	values := map[string]any{}
	if len(body) > 0 {
		if err := json.Unmarshal(body, &values); err != nil {
			return body, problem(ErrInvalid, "evidence_invalid", "Send a JSON object.", "The body is no JSON object.")
		}
	}
	if name, _ := values["who"].(string); name != "" {
		return body, nil
	}
	values["who"] = line(who)
	out, err := json.Marshal(values)
	if err != nil {
		return body, fmt.Errorf("evidence: %w", err)
	}
	return out, nil
}

// sameEvidence answers a device that sends a piece again. Another piece under the same id is refused.
func (t *txn) sameEvidence(ctx context.Context, have Evidence, a acting, in EvidenceInput) (Evidence, error) {
	if in.Order != "" {
		o, err := t.order(ctx, in.Order)
		if err != nil {
			return have, err
		}
		in.Order = o.ID
	}
	if have.Order != in.Order || have.Step != in.Step || have.Need != in.Need || have.Kind != in.Kind || have.Actor != a.name || have.File != in.File {
		return have, problem(ErrConflict, "client_id_taken", "Give every piece its own id.", "The id %q belongs to other evidence.", in.Client)
	}
	return have, nil
}

// caseEvidence adds what belongs to a case and to no order, e.g. a survey: by this server, managers, the customer, or the owner
// of the case.
func (t *txn) caseEvidence(ctx context.Context, a acting, e Evidence) (Evidence, error) {
	c, err := t.caseByNumber(ctx, e.Case)
	if err != nil {
		return e, err
	}
	if !a.is(procedure.System) && !a.is(procedure.Manager) && !a.is(procedure.Customer) && c.Owner != a.name {
		return e, problem(ErrForbidden, "case_not_yours", "Ask its owner or the service manager.", "The case %s is not yours.", c.Number)
	}
	return t.chain(ctx, e)
}

// event records what happened to an order in the chain of its evidence.
func (t *txn) event(ctx context.Context, a acting, o Order, what, step string, more map[string]any) error {
	body := map[string]any{"what": what}
	for k, v := range more {
		if v != "" {
			body[k] = v
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("event: %w", err)
	}
	_, err = t.chain(ctx, Evidence{
		Order: o.ID, Case: o.Case, Step: step, Kind: procedure.Event, Actor: a.name, Role: a.part(nil), Via: a.Via, Body: text,
	})
	return err
}

// chain gives a piece its place, and writes it.
func (t *txn) chain(ctx context.Context, e Evidence) (Evidence, error) {
	e.ID, e.At, e.Chain = newID(t.now), t.now, e.Case
	set(&e.Chain, e.Order)
	var head chainHead
	if _, err := t.find(ctx, &head, `SELECT count, hash FROM evidence_heads WHERE chain = ?`, e.Chain); err != nil {
		return e, err
	}
	e.Seq, e.Prev = head.Count+1, head.Hash
	e.Hash = e.chainHash()
	if err := t.do(ctx, `INSERT INTO evidence_heads (chain, count, hash) VALUES (?, ?, ?)
		ON CONFLICT (chain) DO UPDATE SET count = excluded.count, hash = excluded.hash`, e.Chain, e.Seq, e.Hash); err != nil {
		return e, err
	}
	return e, t.do(ctx, `INSERT INTO evidence (id, chain, seq, order_id, case_number, step, need, kind, actor, role, via, body, file, sha256, at,
		device_at, client, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, e.ID, e.Chain, e.Seq, e.Order, e.Case,
		e.Step, e.Need, string(e.Kind), e.Actor, e.Role, e.Via, string(e.Body), null(e.File), e.SHA256, at(e.At), at(e.DeviceAt), e.Client,
		e.Prev, e.Hash)
}

// digest is SHA-256 in lower-case hex.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
