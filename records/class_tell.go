package records

import (
	"context"
	"fmt"
	"slices"

	"hotline/records/procedure"
)

// tellSeat tells a person where the registration stands, in the transaction that moved it: by mail when there is an address and
// mail is sent, else the organiser is told to phone. It reports whether the person was told.
func (t *txn) tellSeat(ctx context.Context, r Registration) (bool, error) {
	c, err := t.class(ctx, "k.id = ?", r.Class)
	if err != nil {
		return false, err
	}
	return t.tellClass(ctx, c, "class-seat", fmt.Sprintf("%s %s %d", r.ID, r.State, r.Version), r.Name, r.Email, seatWords(r.State), "/people")
}

// tellLecturer is tellSeat for an invitation.
func (t *txn) tellLecturer(ctx context.Context, l Lecturer) (bool, error) {
	c, err := t.class(ctx, "k.id = ?", l.Class)
	if err != nil {
		return false, err
	}
	words := procedure.Text{ZH: "您的授课安排有更新", EN: "there is news about your teaching"}
	if l.State == LecturerInvited {
		words = procedure.Text{ZH: "诚邀您授课，请用个人链接答复", EN: "you are invited to teach; please answer by your personal link"}
	}
	return t.tellClass(ctx, c, "class-lecturer", fmt.Sprintf("%s %s %d", l.ID, l.State, l.Version), l.Name, l.Email, words, "/arrangement")
}

func seatWords(s SeatState) procedure.Text {
	switch s {
	case SeatHeld:
		return procedure.Text{ZH: "已为您保留名额，请用个人链接确认是否参加", EN: "a seat is held for you; please confirm by your personal link"}
	case SeatConfirmed:
		return procedure.Text{ZH: "您的参加已确认", EN: "your seat is confirmed"}
	case SeatCancelled:
		return procedure.Text{ZH: "您的报名已取消", EN: "your registration is cancelled"}
	case SeatWaiting:
	}
	return procedure.Text{ZH: "您在候补名单中，有空位时会自动递补", EN: "you are on the wait list and get a seat by itself when one is free"}
}

func (t *txn) tellClass(ctx context.Context, c Class, kind, once, name, email string, words procedure.Text, place string) (bool, error) {
	n := Notification{
		Kind: kind, Once: once, Subject: procedure.Text{ZH: "公开课《" + c.Title + "》：" + words.ZH, EN: "Class “" + c.Title + "”: " + words.EN},
	}
	mailed := email != "" && slices.Contains(t.s.opt.Channels, ByMail)
	if mailed {
		n.Mail = MailTo{Name: name, Address: email, Lang: "zh-Hans"}
	} else {
		n.To, n.Path = c.PublishedBy, "/classes/"+c.Number+place
		n.Subject = procedure.Text{ZH: "请通知" + name + "：" + words.ZH, EN: "Please tell " + name + ": " + words.EN}
		n.Text = procedure.Text{ZH: "公开课《" + c.Title + "》", EN: "Class “" + c.Title + "”"}
	}
	if n.To == "" && !mailed {
		return false, nil // not published: nobody organises it yet
	}
	if err := n.clean(); err != nil {
		return false, err
	}
	return mailed, t.tellOne(ctx, n)
}
