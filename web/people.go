package web

import (
	"context"
	"net/http"

	"hotline/records"
)

// People is what the API needs to know of customers and contacts.
type People interface {
	AddCustomer(context.Context, records.Customer) (records.Customer, error)
	UpdateCustomer(context.Context, records.Customer) (records.Customer, error)
	Customer(ctx context.Context, id string) (records.Customer, error)
	Customers(ctx context.Context, part string, limit int) ([]records.Customer, error)
	AddContact(context.Context, records.Contact) (records.Contact, error)
	UpdateContact(context.Context, records.Contact) (records.Contact, error)
	Contact(ctx context.Context, id string) (records.Contact, error)
	Contacts(ctx context.Context, customerID string) ([]records.Contact, error)
	Recognise(ctx context.Context, number string) (records.Recognition, error)
	Remember(ctx context.Context, number, contactID, by string) error
	Verify(context.Context, records.VerificationInput) (records.Verification, error)
	Verifications(ctx context.Context, contactID string) ([]records.Verification, error)
}

type customerBody struct {
	Kind          string `json:"kind,omitempty" enum:"organisation,person" doc:"left out: an organisation; in a change, as it is"`
	Name          string `json:"name" minLength:"1" maxLength:"200"`
	Region        string `json:"region,omitempty" maxLength:"200"`
	Address       string `json:"address,omitempty" maxLength:"200" doc:"where engineers go"`
	ServiceCentre string `json:"service_centre,omitempty" maxLength:"200"`
	Agreement     string `json:"agreement,omitempty" maxLength:"10000" doc:"what was agreed, in words"`
	VIP           bool   `json:"vip,omitempty" doc:"supervisors only"`
	Priority      int    `json:"priority,omitempty" minimum:"0" maximum:"99" doc:"raises callers in the queue; supervisors only"`
	Notes         string `json:"notes,omitempty" maxLength:"10000"`
}

func (b customerBody) customer() records.Customer {
	return records.Customer{
		Kind: b.Kind, Name: b.Name, Region: b.Region, Address: b.Address, ServiceCentre: b.ServiceCentre, Agreement: b.Agreement,
		VIP: b.VIP, Priority: b.Priority, Notes: b.Notes,
	}
}

type contactBody struct {
	CustomerID string       `json:"customer_id,omitempty" maxLength:"64"`
	Name       string       `json:"name" minLength:"1" maxLength:"200"`
	Email      string       `json:"email,omitempty" maxLength:"200"`
	Language   string       `json:"language,omitempty" enum:"zh,en" doc:"in which machines speak to this person; left out: that of the queue"`
	Notes      string       `json:"notes,omitempty" maxLength:"10000"`
	Numbers    []numberBody `json:"numbers,omitempty" maxItems:"20"`
}

type numberBody struct {
	Number string `json:"number" minLength:"2" maxLength:"40" doc:"as written by people; kept in E.164"`
	Label  string `json:"label,omitempty" maxLength:"40" doc:"mobile, office, …"`
}

func (b contactBody) contact() records.Contact {
	c := records.Contact{CustomerID: b.CustomerID, Name: b.Name, Email: b.Email, Language: b.Language, Notes: b.Notes}
	for _, n := range b.Numbers {
		c.Numbers = append(c.Numbers, records.Number{Number: n.Number, Label: n.Label})
	}
	return c
}

// ByID is the input of operations that only need an id.
type ByID struct {
	ID string `path:"id" maxLength:"128"`
}

// Versioned is the query of an update: the version that the client saw.
type Versioned struct {
	Version int64 `query:"version" required:"true" minimum:"1" doc:"the version that you saw; another answer than 409 means nobody changed it meanwhile"`
}

// one is an answer that is a single document.
type one[T any] struct{ Body T }

// list is an answer with several documents.
type list[T any] struct {
	Body struct {
		Items []T `json:"items"`
	}
}

func listOf[T any](items []T, err error) (*list[T], error) {
	if err != nil {
		return nil, err
	}
	out := &list[T]{}
	out.Body.Items = items
	if items == nil {
		out.Body.Items = []T{}
	}
	return out, nil
}

func oneOf[T any](v T, err error) (*one[T], error) {
	if err != nil {
		return nil, err
	}
	return &one[T]{Body: v}, nil
}

// Who sees a customer's data whole, as descriptions say it.
const (
	inPart   = "are masked unless you keep them: service managers and dispatchers all, an agent those of a customer whose open case is theirs."
	isInPart = "is masked unless you keep it: service managers and dispatchers all, an agent that of a customer whose open case is theirs."
)

func (s *Site) describePeople() {
	people := s.opt.Records
	write, read := []Role{Agent, Supervisor}, []Role{Agent, Supervisor, Dispatcher}

	handle(s, op{
		id: "recognise", method: http.MethodPost, path: apiBase + "/contacts/recognise", tag: "people", roles: write,
		summary: "Tell who may have a number",
		doc: "None, one, or candidates with the last choice first: a number that several people share is never decided by " +
			"the machine. It is a POST so that the number stays out of addresses and logs. Further numbers of theirs, and mail addresses, " + inPart,
	}, func(ctx context.Context, w *who, in *struct {
		Body struct {
			Number string `json:"number" minLength:"1" maxLength:"40"`
		}
	},
	) (*one[records.Recognition], error) {
		k, err := s.keeperOf(ctx, w)
		if err != nil {
			return nil, err
		}
		r, err := people.Recognise(ctx, in.Body.Number)
		r.Contacts = each(r.Contacts, func(c records.Contact) records.Contact { return k.contact(c, r.Number) })
		return oneOf(r, err)
	})
	handle(s, op{
		id: "remember-contact", method: http.MethodPost, path: apiBase + "/contacts/{id}/chosen", tag: "people", roles: write,
		summary: "Remember this contact as the choice for a number", codes: []string{codeNotFound},
	}, func(ctx context.Context, w *who, in *struct {
		ByID
		Body struct {
			Number string `json:"number" minLength:"2" maxLength:"40"`
		}
	},
	) (*struct{}, error) {
		return nil, people.Remember(ctx, in.Body.Number, in.ID, w.Login)
	})
	handle(s, op{
		id: "verify-contact", method: http.MethodPost, path: apiBase + "/contacts/{id}/verifications", tag: "people", roles: write,
		summary: "Record that the caller was verified", status: http.StatusCreated, codes: []string{codeNotFound},
	}, func(ctx context.Context, w *who, in *struct {
		ByID
		Body struct {
			How    string `json:"how" minLength:"1" maxLength:"200" doc:"agreement number, call back, question, …"`
			Detail string `json:"detail,omitempty" maxLength:"10000"`
			Call   string `json:"call,omitempty" maxLength:"128"`
			Case   string `json:"case,omitempty" maxLength:"64" doc:"the case of the call when left out"`
		}
	},
	) (*one[records.Verification], error) {
		return oneOf(people.Verify(ctx, records.VerificationInput{
			Contact: in.ID, Call: in.Body.Call, Case: in.Body.Case, By: w.Login, How: in.Body.How, Detail: in.Body.Detail,
		}))
	})
	handle(s, op{
		id: "list-verifications", method: http.MethodGet, path: apiBase + "/contacts/{id}/verifications", tag: "people", roles: write,
		summary: "List how and when a contact was verified", codes: []string{codeNotFound},
	}, func(ctx context.Context, _ *who, in *ByID) (*list[records.Verification], error) {
		return listOf(people.Verifications(ctx, in.ID))
	})
	handle(s, op{
		id: "add-contact", method: http.MethodPost, path: apiBase + "/contacts", tag: "people", roles: write,
		summary: "Add a contact", status: http.StatusCreated, codes: []string{codeNotFound},
	}, func(ctx context.Context, _ *who, in *struct{ Body contactBody }) (*one[records.Contact], error) {
		return oneOf(people.AddContact(ctx, in.Body.contact()))
	})
	handle(s, op{
		id: "get-contact", method: http.MethodGet, path: apiBase + "/contacts/{id}", tag: "people", roles: read,
		summary: "Read a contact", doc: "Numbers and the mail address " + inPart, codes: []string{codeNotFound},
	}, func(ctx context.Context, w *who, in *ByID) (*one[records.Contact], error) {
		k, err := s.keeperOf(ctx, w)
		if err != nil {
			return nil, err
		}
		c, err := people.Contact(ctx, in.ID)
		return oneOf(k.contact(c, ""), err)
	})
	handle(s, op{
		id: "update-contact", method: http.MethodPut, path: apiBase + "/contacts/{id}", tag: "people", roles: read,
		summary: "Replace what is known of a contact", codes: []string{codeNotFound, codeConflict},
		doc: "By service managers and dispatchers; by an agent, while they own an open case of the contact's customer (of the contact, where there " +
			"is no customer). Who belongs to which customer only the former change. The audit log says what changed, without showing it.",
	}, func(ctx context.Context, w *who, in *struct {
		ByID
		Versioned
		Body contactBody
	},
	) (*one[records.Contact], error) {
		old, err := people.Contact(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if err := s.mayKeep(ctx, w, old, in.Body.CustomerID); err != nil {
			return nil, err
		}
		c := in.Body.contact()
		c.ID, c.Version = in.ID, in.Version
		return oneOf(people.UpdateContact(ctx, c))
	})
	s.describeCustomers()
}

func (s *Site) describeCustomers() {
	people := s.opt.Records
	read, manage := []Role{Agent, Supervisor, Dispatcher}, []Role{Supervisor, Dispatcher}
	handle(s, op{
		id: "list-customers", method: http.MethodGet, path: apiBase + "/customers", tag: "people", roles: read,
		summary: "Find customers by name", doc: "Their addresses " + inPart,
	}, func(ctx context.Context, w *who, in *struct {
		Name  string `query:"name" maxLength:"200" doc:"part of the name"`
		Limit int    `query:"limit" default:"50" minimum:"1" maximum:"500"`
	},
	) (*list[records.Customer], error) {
		k, err := s.keeperOf(ctx, w)
		if err != nil {
			return nil, err
		}
		found, err := people.Customers(ctx, in.Name, in.Limit)
		return listOf(each(found, k.customer), err)
	})
	handle(s, op{
		id: "add-customer", method: http.MethodPost, path: apiBase + "/customers", tag: "people", roles: read,
		summary: "Add a customer", status: http.StatusCreated,
		doc: "Agents enter one in a call. VIP and priority are the service manager's to set. The audit log says who did.",
	}, func(ctx context.Context, w *who, in *struct{ Body customerBody }) (*one[records.Customer], error) {
		if err := mayRank(w, records.Customer{}, in.Body); err != nil {
			return nil, err
		}
		return oneOf(people.AddCustomer(ctx, in.Body.customer()))
	})
	handle(s, op{
		id: "get-customer", method: http.MethodGet, path: apiBase + "/customers/{id}", tag: "people", roles: read,
		summary: "Read a customer", doc: "The address " + isInPart, codes: []string{codeNotFound},
	}, func(ctx context.Context, w *who, in *ByID) (*one[records.Customer], error) {
		k, err := s.keeperOf(ctx, w)
		if err != nil {
			return nil, err
		}
		c, err := people.Customer(ctx, in.ID)
		return oneOf(k.customer(c), err)
	})
	handle(s, op{
		id: "update-customer", method: http.MethodPut, path: apiBase + "/customers/{id}", tag: "people", roles: manage,
		summary: "Replace what is known of a customer", codes: []string{codeNotFound, codeConflict},
		doc: "By service managers and dispatchers, as on the pages; VIP and priority by the former alone. The audit log says what changed, " +
			"without showing it.",
	}, func(ctx context.Context, w *who, in *struct {
		ByID
		Versioned
		Body customerBody
	},
	) (*one[records.Customer], error) {
		old, err := people.Customer(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if err := mayRank(w, old, in.Body); err != nil {
			return nil, err
		}
		c := in.Body.customer()
		c.ID, c.Version = in.ID, in.Version
		return oneOf(people.UpdateCustomer(ctx, c))
	})
	handle(s, op{
		id: "list-customer-contacts", method: http.MethodGet, path: apiBase + "/customers/{id}/contacts", tag: "people", roles: read,
		summary: "List a customer's contacts", doc: "Numbers and mail addresses " + inPart,
	}, func(ctx context.Context, w *who, in *ByID) (*list[records.Contact], error) {
		k, err := s.keeperOf(ctx, w)
		if err != nil {
			return nil, err
		}
		found, err := people.Contacts(ctx, in.ID)
		return listOf(each(found, func(c records.Contact) records.Contact { return k.contact(c, "") }), err)
	})
}

// mayRank keeps VIP and priority, which decide who waits for whom, in the hands of the service manager.
func mayRank(w *who, old records.Customer, b customerBody) error {
	if (b.VIP != old.VIP || b.Priority != old.Priority) && !w.has(Supervisor) {
		return problem(codeForbidden, "VIP and priority are set by a service manager.")
	}
	return nil
}

// mayKeep says who changes a contact, as the pages do: service managers and dispatchers, and the agent who owns an open case of theirs, who
// leaves them with their customer.
func (s *Site) mayKeep(ctx context.Context, w *who, old records.Contact, customer string) error {
	k, err := s.keeperOf(ctx, w)
	switch {
	case err != nil || k.all:
		return err
	case !k.keeps(old.CustomerID, old.ID):
		return problem(codeForbidden, "You own no open case of this customer; who does may change its contacts, and so may service managers and dispatchers.")
	case customer != old.CustomerID:
		return problem(codeForbidden, "Whose contact this is, a service manager or a dispatcher says.")
	}
	return nil
}
