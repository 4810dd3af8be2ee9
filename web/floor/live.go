package floor

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"net/http"

	"hotline/records"
	"hotline/web/ui"
)

// livePage is what the live pages get: the rest comes over the API.
type livePage struct{ Setup setup }

// setup is the data block of the live pages' scripts.
type setup struct {
	Queues  []queueSetup `json:"queues"`
	Pauses  []pauseSetup `json:"pauses,omitempty"`
	Lang    string       `json:"lang"`
	Zone    string       `json:"zone,omitempty"` // IANA name; "" is the browser's own
	Login   string       `json:"login"`
	Cannot  string       `json:"cannot_listen,omitempty"`
	CheckMS int64        `json:"check_ms,omitempty"`
	Days    []daySetup   `json:"days,omitempty"`
}

type queueSetup struct {
	Name  string     `json:"name"`
	Title string     `json:"title"`
	Alarm Thresholds `json:"alarm"`
}

type pauseSetup struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

func (f *Floor) setup(r *http.Request) setup {
	v := ui.VisitorOf(r.Context())
	s := setup{Cannot: f.opt.CannotListen.in(v.Lang), Lang: v.Lang, Login: v.Login, Queues: []queueSetup{}, CheckMS: f.opt.CheckEvery.Milliseconds()}
	if name := v.Zone.String(); name != "Local" {
		s.Zone = name
	}
	for _, q := range f.opt.Queues {
		s.Queues = append(s.Queues, queueSetup{Name: q.Name, Title: f.title(q.Name, v.Lang), Alarm: q.Alarm})
	}
	for _, p := range f.opt.Pauses {
		s.Pauses = append(s.Pauses, pauseSetup{p.Code, p.Text.in(v.Lang)})
	}
	return s
}

// name is how an agent is called, their login when they have no name.
func (f *Floor) name(login string) string { return cmp.Or(f.opt.Name(login), login) }

// title is how a queue is called in a language; its name when it has no title.
func (f *Floor) title(name, lang string) string {
	for _, q := range f.opt.Queues {
		if q.Name == name && q.Title.in(lang) != "" {
			return q.Title.in(lang)
		}
	}
	return name
}

func (f *Floor) wall(w http.ResponseWriter, r *http.Request) {
	f.opt.Pages.Render(w, r, http.StatusOK, "floor/wall", livePage{f.setup(r)})
}

// skillsOf is what an agent can do, for the form that changes it.
type skillsOf struct {
	Skills  map[string]int `json:"skills"`
	Version int64          `json:"version"`
}

func (f *Floor) skills(w http.ResponseWriter, r *http.Request) {
	u, err := f.opt.Records.User(r.Context(), r.PathValue("login"))
	if errors.Is(err, records.ErrNotFound) {
		http.Error(w, "There is no such agent.", http.StatusNotFound)
		return
	}
	if err != nil {
		f.failed(w, r, "an agent's skills cannot be read", err)
		return
	}
	out := skillsOf{Skills: map[string]int{}, Version: u.Version}
	maps.Copy(out.Skills, u.Skills)
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(out); err != nil {
		f.log.DebugContext(r.Context(), "skills did not reach their reader", "err", err)
	}
}

func (f *Floor) supervise(w http.ResponseWriter, r *http.Request) {
	f.opt.Pages.Render(w, r, http.StatusOK, "floor/supervise", livePage{f.setup(r)})
}
