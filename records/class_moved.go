package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hotline/records/procedure"
)

// tellMoved tells everybody of a published class that a session was moved or struck out: whoever has an address by mail, with the calendar to
// take over (its entry carries a higher SEQUENCE), and the organiser once, with the names of those who have to be phoned. A change of
// nothing that people come by is not told, nor one of a session that is over.
func (t *txn) tellMoved(ctx context.Context, c Class, was, now Lesson) error {
	same := was.From.Equal(now.From) && was.To.Equal(now.To) && was.Place == now.Place && was.Off == now.Off
	if same || c.PublishedAt.IsZero() || was.From.Before(t.now) && now.From.Before(t.now) {
		return nil
	}
	words := t.movedWords(now)
	once := fmt.Sprintf("%s %d", now.ID, now.Version)
	mails := slices.Contains(t.s.opt.Channels, ByMail)
	var phone []string
	people, err := t.comers(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Email == "" || !mails {
			phone = append(phone, p.Name+" "+p.Number)
			continue
		}
		n := Notification{
			Kind: "class-session", Once: once + " " + p.ID, Mail: MailTo{Name: p.Name, Address: p.Email, Lang: "zh-Hans"}, Path: "/join/" + c.Door + "/calendar.ics",
			Subject: procedure.Text{ZH: "公开课《" + c.Title + "》：" + words.ZH, EN: "Class “" + c.Title + "”: " + words.EN},
			Text:    procedure.Text{ZH: "点击链接可更新您的日历。", EN: "The link brings your calendar up to date."},
		}
		if err := n.clean(); err != nil {
			return err
		}
		if err := t.tellOne(ctx, n); err != nil {
			return err
		}
	}
	if len(phone) == 0 {
		return nil
	}
	n := Notification{
		Kind: "class-session", Once: once, To: c.PublishedBy, Path: "/classes/" + c.Number + "/people",
		Subject: procedure.Text{
			ZH: fmt.Sprintf("请电话通知 %d 人：公开课《%s》%s", len(phone), c.Title, words.ZH),
			EN: fmt.Sprintf("Please phone %d people: class “%s”, %s", len(phone), c.Title, words.EN),
		},
		Text: procedure.Text{ZH: strings.Join(phone, "；"), EN: strings.Join(phone, "; ")},
	}
	if err := n.clean(); err != nil {
		return err
	}
	return t.tellOne(ctx, n)
}

func (t *txn) movedWords(x Lesson) procedure.Text {
	from, to := x.From.In(t.s.opt.Zone), x.To.In(t.s.opt.Zone)
	if x.Off {
		return procedure.Text{
			ZH: fmt.Sprintf("“%s”（%s）取消", x.Course, from.Format("2006-01-02 15:04")), EN: fmt.Sprintf("“%s” (%s) does not take place", x.Course, from.Format("2006-01-02 15:04")),
		}
	}
	when := from.Format("2006-01-02 15:04") + "–" + to.Format("15:04")
	return procedure.Text{ZH: fmt.Sprintf("“%s”改为 %s，%s", x.Course, when, x.Place), EN: fmt.Sprintf("“%s” is now %s, %s", x.Course, when, x.Place)}
}

// comer is somebody who comes to a class, to learn or to teach.
type comer struct {
	ID     string `db:"id"`
	Name   string `db:"name"`
	Number string `db:"number"`
	Email  string `db:"email"`
}

// comers are all who have a seat or wait for one, and the lecturers who have not said no.
func (t *txn) comers(ctx context.Context, class string) ([]comer, error) {
	var out []comer
	err := t.list(ctx, &out, `SELECT id, name, number, email FROM class_registrations WHERE class_id = ? AND state <> ?
		UNION ALL SELECT id, name, number, email FROM class_lecturers WHERE class_id = ? AND state IN (?, ?)`,
		class, string(SeatCancelled), class, string(LecturerInvited), string(LecturerConfirmed))
	return out, err
}
