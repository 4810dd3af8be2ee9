package customer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"hotline/records"
	"hotline/records/procedure"
)

// Evidence is where answers go.
type Evidence interface {
	Order(ctx context.Context, id string) (records.OrderFile, error)
	AddEvidence(ctx context.Context, by records.Actor, in records.EvidenceInput) (records.Evidence, error)
	SaveFile(ctx context.Context, by, name string, body io.Reader) (records.File, error)
}

// asked is what a link asks about, as the page shows it.
type asked struct {
	Number, Product string
	What            string // is confirmed, agreed to, signed
	Plan            string // what is agreed to, in full
}

// about finds what a link asks about.
func about(ctx context.Context, e Evidence, v Visit) (asked, error) {
	a := asked{What: v.Link.Subject}
	var data struct{ Text string }
	if len(v.Link.Data) > 0 {
		if err := json.Unmarshal(v.Link.Data, &data); err != nil {
			return a, fmt.Errorf("data of link %s: %w", v.Link.ID, err)
		}
	}
	a.Plan = data.Text
	if v.Link.Order == "" {
		a.Number = v.Link.Case
		return a, nil
	}
	f, err := e.Order(ctx, v.Link.Order)
	if err != nil {
		return a, fmt.Errorf("order of link %s: %w", v.Link.ID, err)
	}
	a.Number, a.Product = f.Order.Number, f.Order.Product
	if step, ok := f.Definition.Step(v.Link.Step); ok {
		if need, ok := step.Need(v.Link.Need); ok && a.What == "" {
			a.What = need.Name.In(v.Lang)
		}
	}
	return a, nil
}

// prove keeps an answer as evidence of the order or case of the link. A press that was kept already is kept once.
func prove(ctx context.Context, e Evidence, v Visit, who, via string, in records.EvidenceInput, body procedure.Body) error {
	if v.Link.Order == "" && v.Link.Case == "" {
		return nil // the use of the link is all the proof there is
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	in.Order, in.Body, in.Client = v.Link.Order, raw, v.Client
	if in.Order == "" {
		in.Case = v.Link.Case
	}
	_, err = e.AddEvidence(ctx, records.Actor{Customer: who, Via: via}, in)
	if code(err) == "client_id_taken" {
		return nil
	}
	return err
}

// object keeps that the customer did not agree, and why: it proves nothing, but nobody can say that it was not said.
func object(ctx context.Context, e Evidence, v Visit, who, why string) error {
	return prove(ctx, e, v, who, procedure.ViaLink, records.EvidenceInput{Step: v.Link.Step, Kind: procedure.Written},
		procedure.Body{Text: why, Who: who, Link: v.Link.ID, Shown: v.Link.SHA256})
}

// person is who acts: the name in the form, or that of the link.
func person(v Visit, name string) string {
	if name = strings.TrimSpace(name); name == "" {
		name = v.Link.Name
	}
	if r := []rune(name); len(r) > 60 {
		name = string(r[:60])
	}
	return name
}

func saved(ctx context.Context, e Evidence, name string, data []byte) (string, error) {
	f, err := e.SaveFile(ctx, "customer", name, bytes.NewReader(data))
	if err != nil {
		return "", fmt.Errorf("keep %s: %w", name, err)
	}
	return f.ID, nil
}
