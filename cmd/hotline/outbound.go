package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"hotline/configs"
	"hotline/pbx"
	"hotline/queue"
	"hotline/queue/outward"
	"hotline/records"
)

// newOutward makes the dialer of calls out. It refuses with words where the configuration or the switch does not allow them.
func newOutward(cfg configs.Config, lines switches, store *records.Store, desk *desks, chores *errands, log *slog.Logger) (*outward.Dialer, *outLedger) {
	o := cfg.Outbound
	rules := outward.Rules{
		On: o.Enabled, Allow: o.Allow, Refuse: o.Refuse, AgentRing: o.AgentRing, NumberRing: o.NumberRing, Record: o.Record,
	}
	if o.National {
		region := cfg.Hotlines[0].Region
		rules.Shape = func(e164 string) string { return records.National(e164, region) }
	}
	sw, ok := cfg.OutboundSwitch()
	line := outLine{name: sw.Name}
	if ok {
		line.dialer, ok = lines[sw.Name].(pbx.Dialer)
	}
	if !ok {
		rules.Unsupported = fmt.Errorf("%w: %w", outward.ErrUnable, pbx.Unsupported{
			Code: "embedded-dial", What: "The embedded switch cannot call out.", Do: "Configure an Asterisk (switches: in the configuration) for this.",
		})
	}
	ledger := &outLedger{store: store, chores: chores}
	return outward.New(outward.Options{
		Switch: sw.Name, Rules: rules, Line: line, Ledger: ledger, Desk: outDesk{desk}, Log: log,
		Script: func(lang string) outward.Script { return surveyScript(store, o.Prompts, lang) },
	}), ledger
}

// surveyScript is the phone survey in a language: the questions of the form that have a prompt.
func surveyScript(store *records.Store, prompts, lang string) outward.Script {
	sound := func(name string) string { return "sound:" + strings.TrimSuffix(prompts, "/") + "/" + lang + "/" + name }
	s := outward.Script{
		Consent: sound("consent"), Wrong: sound("wrong"), Thanks: sound("thanks"), Sorry: sound("sorry"), Wait: 6 * time.Second, Tries: 3,
	}
	for _, q := range store.Form().Questions {
		if q.Prompt != "" {
			s.Questions = append(s.Questions, outward.Question{Code: q.Code, Media: sound(q.Prompt), Low: '1', High: '5'})
		}
	}
	return s
}

// outLine is the switch that dials (outward.Line).
type outLine struct {
	name   string
	dialer pbx.Dialer
}

func (l outLine) Dial(ctx context.Context, call, phone, number, name string, timeout time.Duration) error {
	return l.dialer.Dial(ctx, pbx.Out{Call: pbx.CallID(call), Phone: phone, Number: number, Name: name, Timeout: timeout})
}

func (l outLine) Reach(ctx context.Context, call, number string, timeout time.Duration) error {
	return l.dialer.Reach(ctx, pbx.CallID(call), number, timeout)
}

func (l outLine) Say(ctx context.Context, call, media string) error {
	return l.dialer.Say(ctx, pbx.CallID(call), media)
}

func (l outLine) Hush(ctx context.Context, call string) error {
	return l.dialer.Hush(ctx, pbx.CallID(call))
}

func (l outLine) Record(ctx context.Context, call, name string) error {
	return l.dialer.RecordOut(ctx, pbx.CallID(call), name)
}

func (l outLine) End(ctx context.Context, call, why string) error {
	return l.dialer.EndOut(ctx, pbx.CallID(call), pbx.OutEnd(why))
}

// outLedger is what the records do for calls out (outward.Ledger).
type outLedger struct {
	store  *records.Store
	chores *errands
	kept   func(ctx context.Context, followUp, manager string) error // puts what a machine was told into the follow-up's order
}

func (l *outLedger) Permit(ctx context.Context, call string, r outward.Request) (outward.Permit, error) {
	leave, err := l.store.BeginOutCall(ctx, records.NewOutCall{Call: call, Purpose: r.Purpose, Ref: r.Ref, Login: r.Login, Machine: r.Machine})
	return outward.Permit{Number: leave.Number, Name: leave.Name, Lang: leave.Lang}, err
}

func (l *outLedger) Still(ctx context.Context, call string) error {
	return l.store.CheckOutCall(ctx, call)
}

func (l *outLedger) Note(call, kind, login string, at time.Time, data map[string]any) {
	raw, err := json.Marshal(data)
	if err != nil || data == nil {
		raw = nil
	}
	l.store.Journal().Append(records.JournalEntry{Call: call, At: at, Kind: kind, Agent: login, Data: raw})
}

func (l *outLedger) Answered(call string, at time.Time, recording string) {
	l.chores.send("answer of "+call, func(ctx context.Context) error { return settled(l.store.AnswerOutCall(ctx, call, at, recording)) })
}

func (l *outLedger) Said(call, question, answer string, at time.Time) {
	l.chores.send("key of "+call, func(ctx context.Context) error { return settled(l.store.KeyOutCall(ctx, call, question, answer, at)) })
}

func (l *outLedger) Ended(call, end string, at time.Time) {
	l.chores.send("end of "+call, func(ctx context.Context) error {
		if err := settled(l.store.EndOutCall(ctx, call, end, at)); err != nil {
			return err
		}
		c, err := l.store.OutCall(ctx, call)
		if err != nil || !c.Machine || c.Purpose != records.OutFollowUp {
			return settled(err)
		}
		return settled(l.kept(ctx, c.Ref, c.Login))
	})
}

// settled takes a refusal for an end: trying again would not change it.
func settled(err error) error {
	if _, refused := errors.AsType[*records.Problem](err); refused {
		return nil
	}
	return err
}

// outDesk is the agent's presence and desk in a call out (outward.Desk).
type outDesk struct{ *desks }

// whyOut is on the pop of a call out.
const whyOut = "out"

func (d outDesk) Claim(login, call, number, name string) bool {
	if !d.roster.Summoned(login, call) {
		return false
	}
	d.push(login, "pop", call, pop{Call: call, Number: number, Name: name, Why: whyOut, Ring1: d.now(), Deadline: d.now().Add(time.Minute)})
	return true
}

func (d outDesk) Talking(login, call string, at time.Time) {
	d.desks.Talk(queue.Talk{Agent: login, Call: queue.Call{ID: call}, At: at, As: whyOut})
}

func (d outDesk) Over(login, call, end string, talked bool, at time.Time) {
	if !talked { // their phone was not answered: nothing that they missed counts
		d.desks.Withdraw(queue.Withdrawal{Agent: login, Call: call, Outcome: "unreachable"})
		return
	}
	d.desks.Over(queue.Over{Agent: login, Call: call, End: end, At: at, Free: true, As: whyOut})
}

// outEvents passes what the switch tells of calls out on to the dialer.
type outEvents struct {
	dialer *outward.Dialer
	store  *records.Store
	chores *errands
}

// hear takes an event of a call out.
func (o *outEvents) hear(e pbx.Event) {
	told := outward.Event{At: e.At, Call: string(e.Call), Digit: e.Digit, End: string(e.OutEnd)}
	switch e.Kind {
	case pbx.OutPhone:
		told.Kind = outward.Phone
	case pbx.OutRinging:
		told.Kind = outward.Ringing
	case pbx.OutAnswered:
		told.Kind = outward.Answered
	case pbx.Digit:
		told.Kind = outward.Digit
	case pbx.PlayEnded:
		told.Kind = outward.Played
	case pbx.OutEnded:
		told.Kind = outward.Ended
	case pbx.OutFound:
		o.found(e)
		return
	default:
		return
	}
	o.dialer.Told(told)
}

// found takes over a call that an earlier process began; who asked for it stands in the records.
func (o *outEvents) found(e pbx.Event) {
	o.chores.send("call found "+string(e.Call), func(ctx context.Context) error {
		c, err := o.store.OutCall(ctx, string(e.Call))
		if err != nil && !errors.Is(err, records.ErrNotFound) {
			return err
		}
		login := c.Login
		if c.Machine {
			login = ""
		}
		o.dialer.Found(string(e.Call), outward.Request{Login: login, Purpose: c.Purpose, Ref: c.Ref, Machine: c.Machine}, e.Detail, e.At)
		return nil
	})
}

// synced ends, in the records, the calls that a switch does not carry any more: their end was never heard.
func (o *outEvents) synced(name string, live []pbx.CallID, at time.Time) {
	is := make(map[string]bool, len(live))
	for _, id := range live {
		is[string(id)] = true
	}
	o.chores.send("calls out of "+name, func(ctx context.Context) error {
		open, err := o.store.LiveOutCalls(ctx)
		if err != nil {
			return err
		}
		for _, c := range open {
			if pbx.CallID(c.Call).Switch() == name && !is[c.Call] && c.BegunAt.Before(at) {
				if err := settled(o.store.EndOutCall(ctx, c.Call, "unknown", at)); err != nil {
					return fmt.Errorf("call %s: %w", c.Call, err)
				}
			}
		}
		return nil
	})
}
