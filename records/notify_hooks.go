package records

import (
	"context"
	"fmt"
	"time"

	"hotline/records/procedure"
)

// What people are told. The numbers of cases and orders only: who the customer is, stands behind the log-in.
const (
	ToldEscalation = "escalation" // a new one waits, was accepted, declined, or is overdue
	ToldOrder      = "order"      // assigned, planned anew, taken away, ended
	ToldLinkUsed   = "link-used"  // a customer answered
	ToldUnsent     = "unsent"     // a message could not be delivered
)

func both(zh, en string, args ...any) procedure.Text {
	return procedure.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

// tellEscalation tells those whom a change of an escalation concerns: the dispatchers of a new one, the owner of the case when it was
// accepted or declined, the managers too when nobody accepted it in time (I5).
func (t *txn) tellEscalation(ctx context.Context, e Escalation, change, by string) error {
	n := Notification{Kind: ToldEscalation, Once: e.ID + " " + change, Path: "/dispatch"}
	kind := both("远程服务", "remote service")
	if e.Kind == KindOnsite {
		kind = both("现场服务", "onsite service")
	}
	switch change {
	case "opened":
		n.Subject = both("%[1]s 待受理：%[2]s", "%[1]s waits: %[3]s", e.Case, kind.ZH, kind.EN)
		n.Text = both("请在 %s 前受理。", "Please accept it by %s.", t.local(e.RespondBy))
		return t.tellRole(ctx, RoleDispatcher, by, n)
	case "overdue":
		n.Subject = both("%[1]s 超时无人受理：%[2]s", "%[1]s: nobody accepted the %[3]s in time", e.Case, kind.ZH, kind.EN)
		n.Text = both("问题单仍由 %s 负责，请安排处理。", "The case stays with %s. Please see to it.", e.CaseOwner)
		return t.tellRole(ctx, RoleSupervisor, by, n)
	case "accepted":
		n.Subject = both("%[1]s 已受理：%[2]s", "%[1]s: the %[3]s was accepted", e.Case, kind.ZH, kind.EN)
	case "declined":
		n.Subject = both("%[1]s 未受理：%[2]s", "%[1]s: the %[3]s was declined", e.Case, kind.ZH, kind.EN)
		n.Text = both("原因：%s", "Reason: %s", e.Reason)
		if err := t.tellRole(ctx, RoleSupervisor, by, n); err != nil {
			return err
		}
	default:
		return nil
	}
	n.To, n.Path = e.CaseOwner, "/desk/cases"
	if n.To == "" || n.To == by {
		return nil
	}
	return t.tellOne(ctx, n)
}

// tellOrder tells the engineer what changed about their order, who lost it that it is gone, and the manager that it ended. Who made the
// change knows it.
func (t *txn) tellOrder(ctx context.Context, was, o Order, by string) error {
	n := Notification{Kind: ToldOrder, Path: "/orders/" + o.ID, Once: fmt.Sprintf("%s %d", o.ID, o.Version)}
	tell := func(to string, subject, text procedure.Text) error {
		if to == "" || to == by {
			return nil
		}
		n.To, n.Subject, n.Text = to, subject, text
		return t.tellOne(ctx, n)
	}
	state := both("%[1]s %[2]s", "%[1]s: %[3]s", o.Number, o.State.Name().ZH, o.State.Name().EN)
	if was.Engineer != o.Engineer {
		if err := tell(was.Engineer, both("%s 不再由您负责", "%s is not yours any more", o.Number), procedure.Text{}); err != nil {
			return err
		}
		if err := tell(o.Engineer, both("新任务：%s", "New order: %s", o.Number), t.appointment(o)); err != nil {
			return err
		}
	} else if t.appointment(was) != t.appointment(o) {
		if err := tell(o.Engineer, both("%s 改时间了", "%s was moved", o.Number), t.appointment(o)); err != nil {
			return err
		}
	} else if was.State != o.State && (o.State == procedure.Cancelled || o.State == procedure.Paused) {
		if err := tell(o.Engineer, state, both("原因：%s", "Reason: %s", o.Reason)); err != nil {
			return err
		}
	}
	if o.State.Ended() && !was.State.Ended() && o.Manager != o.Engineer {
		return tell(o.Manager, state, procedure.Text{})
	}
	return nil
}

// appointment is when somebody has to be where, as far as it is known.
func (t *txn) appointment(o Order) procedure.Text {
	from, to := o.PlannedFrom, o.PlannedTo
	if from.IsZero() {
		from, to = o.PromisedFrom, o.PromisedTo
	}
	if from.IsZero() {
		return procedure.Text{}
	}
	when := t.local(from)
	if !to.IsZero() {
		when += " – " + to.In(t.s.opt.Zone).Format("15:04")
	}
	return procedure.Text{ZH: when, EN: when}
}

func (t *txn) local(at time.Time) string { return at.In(t.s.opt.Zone).Format("2006-01-02 15:04") }

// tellLinkUsed tells who made a link that the customer answered, and the engineer of its order.
func (t *txn) tellLinkUsed(ctx context.Context, l Link) error {
	n := Notification{Kind: ToldLinkUsed, Once: fmt.Sprintf("%s %d", l.ID, l.Used), Path: "/links?id=" + l.ID}
	number := l.Case
	people := []string{l.MadeBy}
	if l.Order != "" {
		o, err := t.order(ctx, l.Order)
		if err != nil {
			return err
		}
		number, n.Path = o.Number, "/orders/"+o.ID
		if o.Engineer != "" && o.Engineer != l.MadeBy {
			people = append(people, o.Engineer)
		}
	}
	n.Subject = both("%[1]s 客户已答复：%[2]s", "%[1]s: the customer answered (%[3]s)", number, purposeName(l.Purpose).ZH, purposeName(l.Purpose).EN)
	for _, n.To = range people {
		if err := t.tellOne(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func purposeName(purpose string) procedure.Text {
	switch purpose {
	case LinkConfirm:
		return both("确认", "confirmation")
	case LinkConsent:
		return both("同意", "consent")
	case LinkSign:
		return both("签字", "signature")
	case LinkSurvey:
		return both("满意度调查", "survey")
	case LinkRegister:
		return both("报名", "registration")
	case LinkDownload:
		return both("领取文件", "download")
	default:
		return both("身份核对", "identity")
	}
}

// tellDead tells the managers that a message could not be delivered. When that very message cannot be delivered either, nobody is told
// again.
func (t *txn) tellDead(ctx context.Context, p Parcel, why string) error {
	if p.Kind == ToldUnsent {
		return nil
	}
	why = clip(line(why), maxLine)
	return t.tellRole(ctx, RoleSupervisor, "", Notification{
		Kind: ToldUnsent, Once: fmt.Sprintf("%s %d", p.ID, t.now.UnixMicro()), Path: "/notifications/unsent",
		Subject: both("有消息未能送达", "A message could not be delivered"), Text: both("%s", "%s", why),
	})
}

// tellJoined tells somebody that they were called to an order of others, e.g. to a joint consultation. Who joins by himself knows it.
func (t *txn) tellJoined(ctx context.Context, o Order, login, by string) error {
	if login == by {
		return nil
	}
	path := "/orders/" + o.Number
	if o.Kind == consultationProcedure {
		path = "/consultations/" + o.ID
	}
	return t.tellOne(ctx, Notification{
		To: login, Kind: ToldOrder, Once: o.ID + " joined " + login, Path: path,
		Subject: both("%[1]s 请您参加", "%[1]s: you are asked to take part", o.Number), Text: both("请查看并写明您的意见。", "Please look at it and write your opinion."),
	})
}

// consultationProcedure is the procedure of a joint consultation (configs/procedures/consultation.yaml).
const consultationProcedure = "consultation"
