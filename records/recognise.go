package records

import (
	"context"
	"slices"
)

// How a number was recognised.
const (
	RecognisedNone       = "none"       // nobody known
	RecognisedOne        = "one"        // exactly one contact has this number
	RecognisedCandidates = "candidates" // several have it: the agent chooses, the last choice stands first
)

// Recognition is who may be calling.
type Recognition struct {
	Number   string    `json:"number"` // E.164, or the digits of an internal number, or ""
	Kind     string    `json:"kind"`
	Contacts []Contact `json:"contacts"`
	Chosen   string    `json:"chosen,omitempty"` // contact that an agent chose last for this number
}

// Recognise tells who has this number. A number shared by several people is never decided by the machine.
func (s *Store) Recognise(ctx context.Context, number string) (Recognition, error) {
	r, err := s.read().recognise(ctx, s.callerKey(number))
	return r, s.explain("recognise", err)
}

func (c conn) recognise(ctx context.Context, number string) (Recognition, error) {
	r := Recognition{Number: number, Kind: RecognisedNone, Contacts: []Contact{}}
	if number == "" {
		return r, nil
	}
	var err error
	r.Contacts, err = c.contacts(ctx, selectContact+`JOIN contact_numbers n ON n.contact_id = k.id
		WHERE n.number = ? ORDER BY k.name, k.id`, number)
	if err != nil {
		return r, err
	}
	if _, err := c.find(ctx, &r.Chosen, `SELECT contact_id FROM number_choices WHERE number = ?`, number); err != nil {
		return r, err
	}
	switch i := slices.IndexFunc(r.Contacts, func(k Contact) bool { return k.ID == r.Chosen }); {
	case i < 0:
		r.Chosen = "" // the contact gave this number up
	case i > 0:
		chosen := r.Contacts[i]
		r.Contacts = slices.Insert(slices.Delete(r.Contacts, i, i+1), 0, chosen)
	}
	switch len(r.Contacts) {
	case 0:
	case 1:
		r.Kind = RecognisedOne
	default:
		r.Kind = RecognisedCandidates
	}
	return r, nil
}

// Remember stores which contact an agent chose for a number; it stands first from now on. A contact that does not have the
// number yet gets it. Errors: ErrNotFound, ErrInvalid (no number).
func (s *Store) Remember(ctx context.Context, number, contactID, by string) error {
	e164, ok := Normalise(number, s.opt.Region)
	if !ok {
		return problem(ErrInvalid, "number_invalid", "Choose the contact without remembering it.",
			"%q is not a telephone number that could be remembered.", number)
	}
	return s.write(ctx, "remember", func(t *txn) error {
		k, err := t.contact(ctx, contactID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(k.Numbers, func(n Number) bool { return n.Number == e164 }) {
			if err := t.do(ctx, `INSERT INTO contact_numbers (contact_id, number, label, position) VALUES (?, ?, '', ?)`,
				contactID, e164, len(k.Numbers)); err != nil {
				return err
			}
		}
		t.touch(e164)
		return t.do(ctx, `INSERT INTO number_choices (number, contact_id, chosen_by, chosen_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (number) DO UPDATE SET contact_id = excluded.contact_id, chosen_by = excluded.chosen_by,
			chosen_at = excluded.chosen_at`, e164, contactID, by, at(t.now))
	})
}
