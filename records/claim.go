package records

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
)

// OwnInput says that a human answered a call.
type OwnInput struct {
	Call, Queue, Agent string
	Number             string    // of the caller, "" when anonymous
	At                 time.Time // of the human answer; zero = now
}

// OwnedCase is the case that a call belongs to.
type OwnedCase struct {
	Number    string `json:"number"`
	Owner     string `json:"owner"` // may be somebody else when the caller had an open case
	OwnerName string `json:"owner_name"`
	New       bool   `json:"new"` // this call opened it
}

// OwnCall gives an answered call its case and is durable when it returns (I1). A caller without an open case gets a new
// one, owned by agent. A caller with an open case continues it: its owner stays, agent helps (I2, I3). The same agent
// again on the same call gets the same answer, however often. Errors: ErrOwned for any other agent, with the case and its
// owner still filled in; who talks on a call beside its first agent is recorded by HelpOnCall or AcceptHandOver.
func (s *Store) OwnCall(ctx context.Context, in OwnInput) (OwnedCase, error) {
	var f faults
	f.missing(in.Call != "", "call", "The call is missing.", "Name the call.")
	f.missing(in.Agent != "", "agent", "The agent is missing.", "Name who answered.")
	if err := f.problem(ErrIncomplete, "claim_incomplete", "Name call and agent.", "A claim without call or agent."); err != nil {
		return OwnedCase{}, err
	}
	number := s.callerKey(in.Number)
	var out OwnedCase
	err := s.write(ctx, "own call", func(t *txn) (err error) {
		out, err = t.ownCall(ctx, in, number)
		return err
	})
	return out, err
}

type callCase struct {
	Case   string `db:"case_number"`
	Agent  string `db:"agent"`
	Opened bool   `db:"opened"`
}

func (t *txn) ownCall(ctx context.Context, in OwnInput, number string) (OwnedCase, error) {
	var known callCase
	found, err := t.find(ctx, &known, `SELECT case_number, agent, opened FROM case_calls WHERE call = ?`, in.Call)
	if err != nil {
		return OwnedCase{}, err
	}
	if found {
		return t.ownAgain(ctx, in, known)
	}
	if in.At.IsZero() {
		in.At = t.now
	}
	open, err := t.openCaseOf(ctx, number)
	if err != nil {
		return OwnedCase{}, err
	}
	var c Case
	if open != "" {
		if c, err = t.caseByNumber(ctx, open); err != nil {
			return OwnedCase{}, err
		}
		c, err = t.moveOwner(ctx, c, ownerChange{input: join, actor: in.Agent, call: in.Call, reason: "the caller's case is open"})
	} else if c, err = t.newCallersCase(ctx, number); err == nil {
		c, err = t.openCase(ctx, c, ownerChange{input: claim, owner: in.Agent, actor: in.Agent, call: in.Call})
	}
	if err != nil {
		return OwnedCase{}, err
	}
	if err := t.do(ctx, `INSERT INTO case_calls (call, case_number, agent, queue, caller, opened, answered_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, in.Call, c.Number, in.Agent, in.Queue, number, open == "", at(in.At)); err != nil {
		return OwnedCase{}, err
	}
	if err := t.talked(ctx, in.Call, in.Agent, "answered", in.At); err != nil {
		return OwnedCase{}, err
	}
	return OwnedCase{Number: c.Number, Owner: c.Owner, OwnerName: c.OwnerName, New: open == ""}, nil
}

// ownAgain answers a repeated claim.
func (t *txn) ownAgain(ctx context.Context, in OwnInput, known callCase) (OwnedCase, error) {
	c, err := t.caseByNumber(ctx, known.Case)
	if err != nil {
		return OwnedCase{}, err
	}
	out := OwnedCase{Number: c.Number, Owner: c.Owner, OwnerName: c.OwnerName, New: known.Opened}
	involved, err := t.talksOn(ctx, in.Call, in.Agent)
	if err != nil || involved || in.Agent == c.Owner {
		return out, err
	}
	return out, problem(ErrOwned, "owned_by_other", "Help on the call, or ask for a hand-over.",
		"%s answered this call first; the case %s belongs to %s.", known.Agent, c.Number, c.OwnerName)
}

// newCallersCase fills in the contact when the number leaves no doubt.
func (c conn) newCallersCase(ctx context.Context, number string) (Case, error) {
	k := Case{Caller: number}
	r, err := c.recognise(ctx, number)
	if err == nil && r.Kind == RecognisedOne {
		k.ContactID, k.CustomerID = r.Contacts[0].ID, r.Contacts[0].CustomerID
	}
	return k, err
}

// openCaseOf gives the open case that a caller continues: the one touched last, "" for none.
func (c conn) openCaseOf(ctx context.Context, number string) (string, error) {
	cases, err := c.openCasesOf(ctx, number, 1)
	if err != nil || len(cases) == 0 {
		return "", err
	}
	return cases[0].Number, nil
}

// openCasesOf lists open cases of a caller, those touched last first: cases that came from this number, and cases of the
// contact behind it wherever they came from. When several contacts share the number, the one chosen last counts; without a
// choice only the number itself does, so that nobody is connected with a colleague's case by guess.
func (c conn) openCasesOf(ctx context.Context, number string, limit int) ([]Case, error) {
	if number == "" {
		return nil, nil
	}
	r, err := c.recognise(ctx, number)
	if err != nil {
		return nil, err
	}
	return c.openCasesFor(ctx, number, r.who(), limit)
}

// openCasesFor lists open cases that came from a number or belong to a contact, those touched last first. Cases of other
// contacts that came from the number do not count once it is known who calls.
func (c conn) openCasesFor(ctx context.Context, number string, ids []string, limit int) ([]Case, error) {
	// Two look-ups by index instead of an OR, which would read every open case.
	which, args := `SELECT number FROM cases WHERE caller = ? AND caller <> '' AND closed_at IS NULL`, []any{number}
	var err error
	if len(ids) > 0 {
		if which, args, err = sqlx.In(which+` AND (contact_id IS NULL OR contact_id IN (?))
			UNION SELECT number FROM cases WHERE contact_id IN (?) AND closed_at IS NULL`, number, ids, ids); err != nil {
			return nil, err
		}
	}
	var rows []caseRow
	err = c.list(ctx, &rows, selectCase+` WHERE s.number IN (`+which+`) ORDER BY s.updated_at DESC, s.number DESC LIMIT ?`,
		append(args, limit)...)
	return mapped(rows, caseRow.toCase), err
}

func (t *txn) talked(ctx context.Context, call, agent, how string, since time.Time) error {
	return t.do(ctx, `INSERT INTO call_agents (call, agent, how, since) VALUES (?, ?, ?, ?) ON CONFLICT (call, agent) DO NOTHING`,
		call, agent, how, at(since))
}

func (c conn) talksOn(ctx context.Context, call, agent string) (bool, error) {
	var one int
	return c.find(ctx, &one, `SELECT 1 FROM call_agents WHERE call = ? AND agent = ?`, call, agent)
}
