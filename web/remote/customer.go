package remote

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"hotline/records"
	"hotline/web/customer"
)

// Enter is the purpose of a link by which the customer puts login information into the vault, without saying it on the phone.
type Enter struct {
	Records Records
	Say     customer.Say
}

// enterView is what the customer's page shows.
type enterView struct {
	Number, Product, What string
	Engineer              string
	Kinds                 []string
	Open                  bool
}

// Page shows the form while the session is open.
func (e Enter) Page(ctx context.Context, v customer.Visit) (page string, data any, err error) {
	f, err := e.Records.Order(ctx, v.Link.Order)
	if err != nil {
		return "", nil, err
	}
	remote, err := e.Records.RemoteFile(ctx, v.Link.Order)
	if err != nil {
		return "", nil, err
	}
	_, open := remote.Session()
	return "remote/enter", enterView{
		Number: f.Order.Number, Product: f.Order.Product, What: v.Link.Subject, Engineer: engineerName(f.Order), Kinds: records.VaultKinds(), Open: open,
	}, nil
}

// Act seals what the customer entered. One press is kept once.
func (e Enter) Act(ctx context.Context, v customer.Visit, form url.Values) (customer.Done, error) {
	secret := sealedForm(form)
	defer secret.Erase()
	if secret.Len() == 0 {
		return customer.Done{}, customer.Trouble("remote.enter.missing")
	}
	remote, err := e.Records.RemoteFile(ctx, v.Link.Order)
	if err != nil {
		return customer.Done{}, err
	}
	session, open := remote.Session()
	if !open {
		return customer.Done{}, customer.Trouble("remote.enter.ended")
	}
	who := strings.TrimSpace(form.Get("who"))
	if who == "" {
		who = v.Link.Name
	}
	if who == "" {
		return customer.Done{}, customer.Trouble("remote.enter.who")
	}
	_, err = e.Records.KeepInVault(ctx, records.KeepInVault{
		Session: session.ID, Kind: form.Get("kind"), Secret: secret, By: who, Via: "link", Client: v.Client,
	})
	switch {
	case errors.Is(err, records.ErrExpired):
		return customer.Done{}, customer.Trouble("remote.enter.ended")
	case errors.Is(err, records.ErrInvalid):
		return customer.Done{}, customer.Trouble("remote.enter.missing")
	case err != nil:
		return customer.Done{}, err
	}
	return customer.Done{Title: e.Say(v.Lang, "remote.enter.done"), Text: e.Say(v.Lang, "remote.enter.done.text"), Detail: form.Get("kind")}, nil
}
