package records

import (
	"cmp"
	"context"
	"slices"

	"hotline/records/procedure"
)

// seatsAsked is how many seats a class begins with that somebody asked for on the phone, until the manager says how many.
const seatsAsked = 20

// refer opens the order of the service that a department stands for: an enquiry that it accepted is carried to its end here, on the chain
// of its case. "" for a department that works elsewhere.
func (t *txn) refer(ctx context.Context, c Case, in WrapUpInput) (number string, err error) {
	code := t.s.opt.Referrals[in.Referral.Department]
	if code == "" {
		return "", nil
	}
	a, err := t.acting(ctx, Actor{Login: in.By}) // who may end the call may hand it on
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(t.s.opt.Procedures, func(d procedure.Definition) bool { return d.Code == code })
	if i < 0 {
		return "", notFound("procedure", code)
	}
	subject := cmp.Or(c.Subject, t.s.opt.Procedures[i].Name.ZH)
	o, err := t.placeOrder(ctx, a, OpenOrder{Procedure: code, Case: c.Number, Subject: subject})
	if err != nil {
		return "", err
	}
	if code == ProcedureClass {
		if err := t.insertClass(ctx, o, ClassPlan{Title: subject, Seats: seatsAsked}); err != nil {
			return "", err
		}
	}
	return o.Number, t.tellReferred(ctx, o, in)
}

// tellReferred tells those who give out work that an order waits for somebody.
func (t *txn) tellReferred(ctx context.Context, o Order, in WrapUpInput) error {
	n := Notification{
		Kind: ToldOrder, Path: "/orders/" + o.ID, Once: o.ID + " referred",
		Subject: both("%[1]s 热线转来，待安排", "%[1]s came from the hotline and waits for somebody", o.Number),
		Text:    both("接受人：%s", "Accepted by %s", in.Referral.AcceptedBy),
	}
	if err := t.tellRole(ctx, RoleSupervisor, in.By, n); err != nil {
		return err
	}
	return t.tellRole(ctx, RoleDispatcher, in.By, n)
}
