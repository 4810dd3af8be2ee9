package records_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/procedure"
)

func channels(names ...string) func(*records.Options) {
	return func(o *records.Options) { o.Channels = names }
}

// told gives the Chinese subjects that somebody was told, oldest first.
func told(t *testing.T, s *records.Store, login string) []string {
	t.Helper()
	var out []string
	for _, n := range get[records.Page[records.Told]](t)(s.Notifications(t.Context(), login, "", 100)).Items {
		out = append([]string{n.Subject.ZH}, out...)
	}
	return out
}

func note(to, once string) records.Notification {
	return records.Notification{To: to, Kind: "test", Once: once, Subject: procedure.Text{ZH: "通知 " + once, EN: "Note " + once}, Path: "/desk"}
}

func testNotify(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	var heard []string
	s.OnTold(func(login string) { heard = append(heard, login) })
	for range 3 {
		must(t, s.Notify(ctx, note("li", "a"), note("wang", "a"), note("nobody", "a")))
	}
	c.advance(time.Second)
	must(t, s.Notify(ctx, note("li", "b")))
	equal(t, "li", strings.Join(told(t, s, "li"), ","), "通知 a,通知 b")
	equal(t, "unread", get[int](t)(s.Unread(ctx, "li")), 2)
	equal(t, "heard", len(heard), 3)
	first := get[records.Page[records.Told]](t)(s.Notifications(ctx, "li", "", 1))
	next := get[records.Page[records.Told]](t)(s.Notifications(ctx, "li", first.Next, 1))
	equal(t, "paged", first.Items[0].Subject.EN+next.Items[0].Subject.EN, "Note bNote a")
	equal(t, "path", get[string](t)(s.ReadNotification(ctx, "li", first.Items[0].ID)), "/desk")
	_, err := s.ReadNotification(ctx, "wang", first.Items[0].ID)
	refused(t, err, records.ErrNotFound)
	equal(t, "one left", get[int](t)(s.Unread(ctx, "li")), 1)
	get[string](t)(s.ReadNotification(ctx, "li", ""))
	equal(t, "none left", get[int](t)(s.Unread(ctx, "li")), 0)
	equal(t, "wang's stays", get[int](t)(s.Unread(ctx, "wang")), 1)

	for name, bad := range map[string]records.Notification{
		"no occasion":     {To: "li", Kind: "x", Subject: procedure.Text{ZH: "a", EN: "a"}},
		"one language":    {To: "li", Kind: "x", Once: "1", Subject: procedure.Text{ZH: "a"}},
		"another site":    {To: "li", Kind: "x", Once: "1", Subject: procedure.Text{ZH: "a", EN: "a"}, Path: "//evil.example"},
		"two addresses":   {Mail: records.MailTo{Address: "a@example.com, b@example.com"}, Kind: "x", Once: "1", Subject: procedure.Text{ZH: "a", EN: "a"}},
		"injected header": {Mail: records.MailTo{Address: "a@example.com\r\nBcc: b@example.com"}, Kind: "x", Once: "1", Subject: procedure.Text{ZH: "a", EN: "a"}},
		"a name":          {Mail: records.MailTo{Address: "A <a@example.com>"}, Kind: "x", Once: "1", Subject: procedure.Text{ZH: "a", EN: "a"}},
	} {
		if err := s.Notify(ctx, bad); !errors.Is(err, records.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// testNotifyHooks: what happens to escalations, orders and links is told to those whom it concerns, and to nobody else.
func testNotifyHooks(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withProcedures(t, c))
	staff(t, s)
	engineers(t, s)
	o := orderOf(t, s, c, "c1", records.KindRemote)
	equal(t, "dispatcher", strings.Join(told(t, s, "deng"), ","), o.Case+" 待受理：远程服务")
	equal(t, "owner", strings.Join(told(t, s, "li"), ","), o.Case+" 已受理：远程服务")
	equal(t, "engineer", strings.Join(told(t, s, "gao"), ","), "新任务："+o.Number)
	plan := records.OrderPlan{PlannedFrom: c.now().Add(time.Hour), PlannedTo: c.now().Add(2 * time.Hour), PromisedFrom: c.now().Add(time.Hour), PromisedTo: c.now().Add(3 * time.Hour)}
	get[records.Order](t)(s.PlanOrder(ctx, as("deng"), o.ID, plan, 0))
	get[records.Order](t)(s.AssignOrder(ctx, as("deng"), o.ID, "he", 0))
	l, token, err := s.NewLink(ctx, as("chen"), records.NewLink{Purpose: records.LinkConfirm, Order: o.ID, Uses: 1, Number: "1"})
	must(t, err)
	_, device, err := s.BindLink(ctx, token, "")
	must(t, err)
	get[records.Link](t)(s.UseLink(ctx, token, device, 0, "yes"))
	get[records.Link](t)(s.UseLink(ctx, token, device, 0, "yes"))
	get[records.Order](t)(s.CancelOrder(ctx, as("chen"), o.ID, "客户取消", 0))
	equal(t, "first engineer", strings.Join(told(t, s, "gao"), ","), fmt.Sprintf("新任务：%[1]s,%[1]s 改时间了,%[1]s 不再由您负责", o.Number))
	answered := o.Number + " 客户已答复：确认"
	equal(t, "second engineer", strings.Join(told(t, s, "he"), ","), fmt.Sprintf("新任务：%[1]s,%[2]s,%[1]s 已取消", o.Number, answered))
	equal(t, "who made the link", strings.Join(told(t, s, "chen"), ","), answered)
	_ = l

	// I5: nobody accepts; the manager is told once, however often it is swept.
	answer(t, s, "c2", "li", "")
	get[records.WrapUpResult](t)(s.WrapUp(ctx, escalated("c2", "li", records.KindOnsite, c.now())))
	c.advance(24 * time.Hour)
	for range 3 {
		get[records.Swept](t)(s.SweepOverdue(ctx, c.now()))
	}
	if list := told(t, s, "chen"); len(list) != 2 || !strings.Contains(list[1], "超时无人受理") {
		t.Errorf("the manager was told %q", list)
	}
}

// carrier is a receiver that answers as it is told to.
type carrier struct {
	mu    sync.Mutex
	got   []records.Parcel
	reply func(records.Parcel) error
	came  chan records.Parcel
}

func (c *carrier) Carry(_ context.Context, p records.Parcel) error {
	c.mu.Lock()
	c.got = append(c.got, p)
	reply := c.reply
	c.mu.Unlock()
	err := reply(p)
	c.came <- p
	return err
}

// ran runs an outbox until the test has seen what it waits for.
func ran(t *testing.T, s *records.Store, c *carrier, opt records.OutboxOptions, seen func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	opt.Carriers = map[string]records.Carrier{records.ByMail: c}
	opt.Poll = 5 * time.Millisecond
	done := make(chan error, 1)
	go func() { done <- records.NewOutbox(s, opt).Run(ctx) }()
	seen()
	cancel()
	must(t, <-done)
}

func mailTo(once string) records.Notification {
	n := note("", once)
	n.Mail = records.MailTo{Name: "孙丽", Address: "sun@example.com", Lang: "zh-Hans"}
	return n
}

// testOutbox: refused for good, refused for now, taken; once, with back-off, and dead letters that a manager sends again.
func testOutbox(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set, channels(records.ByMail))
	staff(t, s)
	must(t, s.SetMailAddress(ctx, "chen", "chen@example.com"))
	refused(t, s.SetMailAddress(ctx, "li", "li@example.com\r\nBcc: x@example.com"), records.ErrInvalid)
	for range 3 {
		must(t, s.Notify(ctx, mailTo("a")))
	}
	busy := errors.New("421 busy")
	to := &carrier{came: make(chan records.Parcel, 100), reply: func(records.Parcel) error { return busy }}
	opt := records.OutboxOptions{First: time.Minute, Most: 4 * time.Minute, Attempts: 3}
	ran(t, s, to, opt, func() { <-to.came })
	equal(t, "tried at once", len(to.got), 1)
	id := to.got[0].ID
	ran(t, s, to, opt, func() {
		c.advance(2 * time.Minute)
		<-to.came
	})
	equal(t, "not before its time", len(to.got), 2)
	equal(t, "attempts", to.got[1].Attempts, 2)
	equal(t, "the same parcel", to.got[1].ID, id)
	ran(t, s, to, opt, func() {
		c.advance(5 * time.Minute)
		<-to.came
		<-to.came // the managers are told that it died, by mail too
	})
	dead := get[records.Page[records.Parcel]](t)(s.DeadParcels(ctx, "", 10)).Items
	equal(t, "dead", len(dead), 1)
	equal(t, "why", dead[0].Error, busy.Error())
	equal(t, "the manager", told(t, s, "chen")[0], "有消息未能送达")

	to.reply = func(p records.Parcel) error {
		if p.Kind == records.ToldUnsent {
			return fmt.Errorf("550 no such mailbox: %w", records.ErrRefused)
		}
		return nil
	}
	must(t, s.RetryParcel(ctx, "chen", id))
	ran(t, s, to, opt, func() { <-to.came })
	refused(t, s.RetryParcel(ctx, "chen", id), records.ErrNotFound)
	c.advance(time.Hour)
	ran(t, s, to, opt, func() { <-to.came }) // the manager's own mail is refused for good, and nobody is told of that
	equal(t, "told of dead mail about dead mail", len(told(t, s, "chen")), 1)
	must(t, s.Notify(ctx, mailTo("a")))
	before := len(to.got)
	must(t, s.Notify(ctx, mailTo("b")))
	ran(t, s, to, opt, func() { <-to.came })
	equal(t, "what was sent is not sent again", len(to.got), before+1)
}

// TestOutboxCrash: a process dies after the receiver took the parcel and before that is on disk. The next one sends it again, with the same
// id; while the lease runs, nobody does.
func TestOutboxCrash(t *testing.T) {
	c := newClock()
	path := filepath.Join(t.TempDir(), "hotline.db")
	first := openAt(t, path, c.set, channels(records.ByMail))
	must(t, first.Notify(t.Context(), mailTo("a")))
	// The receiver takes it and never lets go: from outside, a process that stands still for ever.
	hangs := &carrier{came: make(chan records.Parcel, 9), reply: func(records.Parcel) error { return nil }}
	release, held := make(chan struct{}), make(chan struct{})
	hangs.reply = func(records.Parcel) error { close(held); <-release; return errors.New("the line broke") }
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	opt := records.OutboxOptions{Timeout: time.Minute, Poll: 5 * time.Millisecond, Carriers: map[string]records.Carrier{records.ByMail: hangs}}
	go func() { done <- records.NewOutbox(first, opt).Run(ctx) }()
	<-held

	second := openAt(t, path, c.set, channels(records.ByMail))
	takes := &carrier{came: make(chan records.Parcel, 9), reply: func(records.Parcel) error { return nil }}
	ran(t, second, takes, records.OutboxOptions{Timeout: time.Minute}, func() {
		must(t, second.Notify(t.Context(), mailTo("b")))
		if p := <-takes.came; p.Subject.EN != "Note b" {
			t.Errorf("%s was sent by both", p.Subject.EN)
		}
		c.advance(3 * time.Minute)
		<-takes.came
	})
	equal(t, "the same parcel", takes.got[1].ID, hangs.got[0].ID)
	close(release)
	cancel()
	must(t, <-done)
	// The first one's late word does not undo that it was sent.
	c.advance(24 * time.Hour)
	third := &carrier{came: make(chan records.Parcel, 9), reply: func(records.Parcel) error { return nil }}
	ran(t, second, third, records.OutboxOptions{}, func() {
		must(t, second.Notify(t.Context(), mailTo("c")))
		<-third.came
	})
	equal(t, "sent after that", len(third.got), 1)
}

// TestMailIsOff: without channels nothing is put into the outbox, and the app tells all the same.
func TestMailIsOff(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "hotline.db"))
	staff(t, s)
	must(t, s.SetMailAddress(t.Context(), "li", "li@example.com"))
	must(t, s.Notify(t.Context(), note("li", "a"), mailTo("a")))
	to := &carrier{came: make(chan records.Parcel, 9), reply: func(records.Parcel) error { return nil }}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	must(t, records.NewOutbox(s, records.OutboxOptions{Poll: time.Millisecond, Carriers: map[string]records.Carrier{records.ByMail: to}}).Run(ctx))
	equal(t, "sent", len(to.got), 0)
	equal(t, "told", len(told(t, s, "li")), 1)
}
