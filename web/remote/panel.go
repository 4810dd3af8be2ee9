package remote

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"hotline/records"
	"hotline/records/probe"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// panelView is what the panel shows.
type panelView struct {
	Order   records.Order
	Ended   bool
	Works   bool // the visitor is the order's engineer
	Manages bool // a service manager

	Access  *records.RemoteAccess
	Probes  []probeView
	Opening bool // the agreed port can be looked at now
	Closing bool
	Waits   string // why the ports cannot be looked at for the closing yet

	Session   *sessionView
	MayOpen   bool
	OpenWaits string // what is missing before login information may be taken
	Past      []sessionView
	Kinds     []string
	Latest    string // the latest time to which a session can be extended, for the form
	Shown     int    // seconds that login information stays on the screen

	Report    *records.File // the last one that was made
	MayReport bool
}

type probeView struct {
	records.PortProbe
	Target string
	Why    string // the reason in words
	Where  string // the addresses that were looked at
}

type sessionView struct {
	records.VaultSession
	Count int    // readings
	Name  string // of the engineer
}

// linkView is a link that can be made for the customer.
type linkView struct{ Step, Need string }

func (p *Pages) view(r *http.Request, f records.OrderFile) (panelView, error) {
	v, o := ui.VisitorOf(r.Context()), f.Order
	file, err := p.opt.Records.RemoteFile(r.Context(), o.ID)
	if err != nil {
		return panelView{}, err
	}
	users, err := p.opt.Records.Users(r.Context())
	if err != nil {
		return panelView{}, err
	}
	names := namesOf(users)
	view := panelView{
		Order: o, Ended: o.State.Ended(), Works: o.Engineer == v.Login, Manages: v.Has(records.RoleSupervisor), Kinds: records.VaultKinds(),
		Shown: int(p.opt.Shown / time.Second),
	}
	view.Works = view.Works && !view.Ended
	if a, ok := file.Access(); ok {
		view.Access = &a
		view.Opening = view.Works
	}
	for _, x := range slices.Backward(file.Probes) {
		x.By = names.of(x.By)
		view.Probes = append(view.Probes, p.probeView(v.Lang, x))
	}
	view.Waits = waits(v.Lang, f, "closing")
	view.Closing = view.Works && view.Access != nil && view.Waits == ""
	for _, s := range file.Sessions {
		shown := sessionView{VaultSession: s, Count: s.Readings(), Name: names.of(s.Engineer)}
		for i := range s.Entries {
			s.Entries[i].AddedBy = names.of(s.Entries[i].AddedBy)
		}
		for i := range s.Log {
			s.Log[i].By = names.of(s.Log[i].By)
			if s.Log[i].By == "system" {
				s.Log[i].By = p.say(v.Lang, "remote.report.system")
			}
		}
		if s.State == records.VaultOpen {
			view.Session = &shown
			view.Latest = s.CeilingAt.In(v.Zone).Format("2006-01-02T15:04")
			continue
		}
		view.Past = append(view.Past, shown)
	}
	view.OpenWaits = waits(v.Lang, f, "login")
	closing, _ := stepOf(f, "closing")
	view.MayOpen = view.Works && view.Session == nil && view.OpenWaits == "" && closing.Settled == nil
	view.MayReport = view.Works && waits(v.Lang, f, "report") == ""
	for _, e := range f.Evidence {
		if e.Kind == procedure.Document && e.Step == "report" {
			for _, x := range f.Files {
				if x.ID == e.File {
					view.Report = &x
				}
			}
		}
	}
	return view, nil
}

// names are those of the staff, by login.
type names map[string]string

func namesOf(users []records.User) names {
	n := names{}
	for _, u := range users {
		n[u.Login] = u.Name
	}
	return n
}

// of is how people call somebody; who is no staff is named already.
func (n names) of(login string) string {
	if name := n[login]; name != "" {
		return name
	}
	return login
}

// waits names the steps that come before a step and are open.
func waits(lang string, f records.OrderFile, code string) string {
	out := ""
	for _, s := range f.Steps {
		if s.Step.Code != code {
			continue
		}
		for _, x := range s.Missing {
			if x.Code != "predecessor" {
				continue
			}
			if out != "" {
				out += procedure.Text{ZH: "；", EN: "; "}.In(lang)
			}
			out += x.What.In(lang)
		}
	}
	return out
}

func (p *Pages) probeView(lang string, x records.PortProbe) probeView {
	out := probeView{PortProbe: x, Target: address(x.Host, x.Port), Why: p.say(lang, "remote.reason."+string(x.Reason))}
	for i, l := range x.Looks {
		if i > 0 {
			out.Where += ", "
		}
		out.Where += l.Address.String()
		if len(x.Looks) > 1 {
			out.Where += " " + p.say(lang, "remote.outcome."+string(l.Outcome))
		}
	}
	return out
}

func address(host string, port uint16) string {
	if host == "" && port == 0 {
		return ""
	}
	return fmt.Sprintf("%s:%d", host, port)
}

// Shape doubles the colour of an outcome.
func (x probeView) Shape() string {
	switch x.Outcome {
	case probe.Open:
		return "○"
	case probe.Closed:
		return "✓"
	case probe.Unknown:
	}
	return "?"
}
