package remote

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"hotline/records"
	"hotline/records/document"
	"hotline/records/procedure"
)

// words fill the report in its language.
type words struct {
	lang  string
	zone  *time.Location
	say   func(lang, key string, args ...any) string
	names names
}

func (w words) t(key string, args ...any) string {
	return w.say(w.lang, "remote.report."+key, args...)
}

func (w words) who(login string) string {
	switch login {
	case "customer":
		return w.t("customer")
	case "system":
		return w.t("system")
	}
	return w.names.of(login)
}

func (w words) at(t time.Time) string { return t.In(w.zone).Format("2006-01-02 15:04") }

// report is what the remote maintenance report says. It holds no login information: the records have none.
func (w words) report(f records.OrderFile, remote records.RemoteFile) document.RemoteReport {
	o := f.Order
	m := document.RemoteReport{
		Job: document.Job{
			Number: o.Number, Case: o.Case, Customer: o.CustomerName, Contact: o.ContactName, Phone: o.ContactNumber, Centre: o.Centre,
			Product: o.Product, Subject: o.Subject, Engineer: engineerName(o), Manager: w.who(o.Manager), PromisedFrom: o.PromisedFrom,
			PromisedTo: o.PromisedTo,
		},
		Scope: w.written(f, "open_port"), Problem: o.Situation, Backup: w.backup(f), Work: w.written(f, "service"), Result: w.solved(f),
		Prevention: w.written(f, "prevention"), Ports: w.ports(remote.Probes), Login: w.login(remote.Sessions), Steps: w.steps(f),
	}
	if a, ok := remote.Access(); ok {
		m.Tool = a.Tool
		if a.Way == "relay" {
			m.Tool = w.t("relay", a.Tool)
		}
	}
	for _, e := range f.Evidence {
		if e.Kind != procedure.Document {
			m.Ended = e.At
		}
		if m.Begun.IsZero() {
			m.Begun = e.At
		}
	}
	m.Issued = m.Ended // the data's own time: the same data give the same bytes
	for _, x := range f.Files {
		if slices.ContainsFunc(f.Evidence, func(e records.Evidence) bool {
			return e.File == x.ID && (e.Kind == procedure.File || e.Kind == procedure.Photo)
		}) {
			m.Files = append(m.Files, document.File{Name: x.Name, Bytes: x.Size, SHA256: x.SHA256})
		}
	}
	return m
}

// written joins what was written to a step.
func (w words) written(f records.OrderFile, step string) string {
	var out []string
	for _, e := range f.Evidence {
		if e.Step == step && e.Kind == procedure.Written {
			out = append(out, bodyOf(e).Text)
		}
	}
	return strings.Join(out, "\n")
}

func bodyOf(e records.Evidence) procedure.Body {
	var b procedure.Body
	if json.Unmarshal(e.Body, &b) != nil {
		return procedure.Body{}
	}
	return b
}

// backup is the last backup, or who did without and why.
func (w words) backup(f records.OrderFile) string {
	out := ""
	for _, e := range f.Evidence {
		if e.Step != "backup" || e.Need != "backup" {
			continue
		}
		if e.Kind == procedure.Waiver {
			b := bodyOf(e)
			out = w.t("nobackup", b.Who, b.Reason)
			continue
		}
		var b struct {
			Size     float64
			SHA256   string
			Place    string
			Restored bool
		}
		if json.Unmarshal(e.Body, &b) == nil {
			tested := w.t("untested")
			if b.Restored {
				tested = w.t("tested")
			}
			out = w.t("backup", fmt.Sprintf("%g", b.Size), b.SHA256, b.Place, tested)
		}
	}
	return out
}

// solved says who confirmed that the problem is solved, when and by which channel.
func (w words) solved(f records.OrderFile) string {
	for _, e := range f.Evidence {
		if e.Step == "solved" && e.Kind == procedure.Confirmation {
			who := bodyOf(e).Who
			if who == "" {
				who = f.Order.ContactName
			}
			return w.t("solved", who, w.at(e.At), procedure.ViaNames([]string{e.Via}).In(w.lang))
		}
	}
	if s, ok := stepOf(f, "solved"); ok && s.Settled != nil && !settled(s) {
		return w.t("unconfirmed", w.who(s.Settled.By), s.Settled.Reason)
	}
	return ""
}

// ports are the agreed ports, each with the last look before and after the work.
func (w words) ports(probes []records.PortProbe) []document.Port {
	var out []document.Port
	for _, p := range probes {
		if p.Reason == "relay" {
			continue
		}
		to := address(p.Host, p.Port)
		at := slices.IndexFunc(out, func(x document.Port) bool { return x.Address == to })
		if at < 0 {
			out = append(out, document.Port{Address: to})
			at = len(out) - 1
		}
		said := w.say(w.lang, "remote.outcome."+string(p.Outcome))
		if p.Outcome == "unknown" {
			said += w.t("because", w.say(w.lang, "remote.reason."+string(p.Reason)))
		}
		if p.Phase == records.ProbeClosing {
			out[at].After, out[at].AfterAt = said, p.At
		} else {
			out[at].Before, out[at].BeforeAt = said, p.At
		}
	}
	return out
}

// login is the tombstone of the login information.
func (w words) login(sessions []records.VaultSession) string {
	if len(sessions) == 0 {
		return w.t("nologin")
	}
	var out []string
	for _, v := range slices.Backward(sessions) {
		if v.DestroyedAt.IsZero() {
			out = append(out, w.t("kept", w.who(v.Engineer), v.Readings()))
			continue
		}
		out = append(out, w.t("destroyed", w.who(v.Engineer), v.Readings(), w.at(v.OpenedAt), w.at(v.DestroyedAt)))
	}
	return strings.Join(out, "\n")
}

// steps are the steps as they went, with every waiver and override.
func (w words) steps(f records.OrderFile) []document.Step {
	var out []document.Step
	for _, s := range f.Steps {
		if s.Settled == nil {
			continue
		}
		step := document.Step{Name: s.Step.Name.In(w.lang), Who: w.who(s.Settled.By), At: s.Settled.At}
		if how := s.Settled.Outcome; how == procedure.Waived || how == procedure.Overridden {
			step.Remark = w.t(string(how), w.who(s.Settled.By), s.Settled.Reason)
		}
		var names []string
		for _, n := range s.Needs {
			if n.Have > 0 {
				names = append(names, n.Need.Name.In(w.lang))
			}
		}
		step.Evidence = strings.Join(names, procedure.Text{ZH: "、", EN: ", "}.In(w.lang))
		for _, e := range f.Evidence {
			if e.Step == s.Step.Code && e.Kind == procedure.Waiver && e.Need != "" {
				b := bodyOf(e)
				step.Remark = w.t("byword", b.Who, b.Reason)
			}
		}
		out = append(out, step)
	}
	return out
}
