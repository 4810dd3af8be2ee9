package customer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"hotline/records"
	"hotline/records/procedure"
)

// Download is the purpose of fetching one's copy of a document.
type Download struct {
	Evidence Evidence
	Say      Say
}

// Page names the document.
func (p Download) Page(ctx context.Context, v Visit) (string, any, error) {
	a, err := about(ctx, p.Evidence, v)
	return "customer/download", a, err
}

// Act keeps, at the first time, that the copy was delivered, where the order asks for that; then the file follows.
func (p Download) Act(ctx context.Context, v Visit, _ url.Values) (Done, error) {
	done := Done{File: true, Detail: v.Link.SHA256}
	if v.Link.Order == "" || v.Link.Need == "" || v.Link.Used > 0 {
		return done, nil
	}
	body, err := json.Marshal(map[string]string{"how": "link", "to": v.Link.Name})
	if err != nil {
		return Done{}, fmt.Errorf("evidence: %w", err)
	}
	_, err = p.Evidence.AddEvidence(ctx, records.Actor{Customer: v.Link.Name, Via: procedure.ViaLink}, records.EvidenceInput{
		Order: v.Link.Order, Step: v.Link.Step, Need: v.Link.Need, Kind: procedure.Fact, Body: body, Client: v.Client,
	})
	if errors.Is(err, records.ErrConflict) {
		err = nil // kept already, or the order has ended: the copy is the customer's all the same, and the link's events prove it
	}
	return done, err
}
