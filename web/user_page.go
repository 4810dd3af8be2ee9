package web

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hotline/records"
)

// userForm is the form of one user, as typed.
type userForm struct {
	New               bool
	Login, Name, Team string
	Roles             []string
	Skills            []skillRow
	Phone             string // phoneBrowser or phoneSIP
	Version           int64
	Faults            formFaults

	// what is known beside the form
	User     userItem
	AllRoles []Role
	Levels   []int
	Focus    string
	Saved    bool
	Self     bool // the visitor's own account
}

// Has says whether the role is ticked.
func (f userForm) Has(role Role) bool { return slices.Contains(f.Roles, string(role)) }

type skillRow struct {
	Name  string
	Level int  // 0: not a skill of theirs
	Queue bool // a queue of this house: its name is fixed
}

// secretPage shows secrets once.
type secretPage struct {
	User    records.User
	Secrets []secretShown
	Added   bool
}

type secretShown struct {
	Kind  string // "password" or "phone"
	Value string
}

func (s *Site) showUserForm(w http.ResponseWriter, r *http.Request, status int, f userForm) {
	f.AllRoles, f.Levels = allRoles(), []int{1, 2, 3, 4, 5, 6, 7, 8, 9}
	f.Skills = s.skillRows(f.Skills)
	f.Focus = f.Faults.First("form", "login", "name", "team", "roles", "skills")
	f.Self = f.Login == whoOf(r.Context()).Login
	s.pages.Render(w, r, status, "admin/user", f)
}

// skillRows completes the rows: every queue of the house has one, then come other skills, then an empty row to add one.
func (s *Site) skillRows(typed []skillRow) []skillRow {
	levels := map[string]int{}
	for _, row := range typed {
		if row.Name != "" {
			levels[row.Name] = row.Level
		}
	}
	var rows []skillRow
	for _, q := range s.opt.Calls.Queues() {
		rows = append(rows, skillRow{q.Queue, levels[q.Queue], true})
		delete(levels, q.Queue)
	}
	for _, name := range slices.Sorted(maps.Keys(levels)) {
		rows = append(rows, skillRow{Name: name, Level: levels[name]})
	}
	return append(rows, skillRow{})
}

func (s *Site) showUser(w http.ResponseWriter, r *http.Request) {
	u, err := s.opt.Records.User(r.Context(), r.PathValue("login"))
	if err != nil {
		s.userMissing(w, r, err)
		return
	}
	f := formOf(u)
	f.User, f.Saved = itemOf(u, s.now()), r.URL.Query().Get("saved") == "1"
	s.showUserForm(w, r, http.StatusOK, f)
}

func formOf(u records.User) userForm {
	f := userForm{Login: u.Login, Name: u.Name, Team: u.Team, Roles: u.Roles, Phone: phoneSIP, Version: u.Version}
	if u.WebRTC {
		f.Phone = phoneBrowser
	}
	for name, level := range u.Skills {
		f.Skills = append(f.Skills, skillRow{Name: name, Level: level})
	}
	return f
}

// userFormOf reads what was typed. Faults that only the form can have are noted; records finds the others.
func (s *Site) userFormOf(r *http.Request) (userForm, map[string]int) {
	post := r.PostForm
	f := userForm{
		Name: strings.TrimSpace(post.Get("name")), Team: strings.TrimSpace(post.Get("team")), Roles: post["role"], Phone: post.Get("phone"),
		Faults: formFaults{},
	}
	if f.Phone != phoneBrowser {
		f.Phone = phoneSIP
	}
	f.Roles = append([]string{}, f.Roles...) // none is a choice too, not "unchanged"
	f.Version, _ = strconv.ParseInt(post.Get("version"), 10, 64)
	skills, levels := map[string]int{}, post["level"]
	for i, name := range post["skill"] {
		name = strings.TrimSpace(name)
		level := 0
		if i < len(levels) && levels[i] != "" {
			level, _ = strconv.Atoi(levels[i])
			if level < 1 || level > 9 {
				f.Faults["skills"], level = s.say(r, "fault.skills.range"), 0
			}
		}
		switch {
		case name == "" && level > 0:
			f.Faults["skills"] = s.say(r, "fault.skills.name")
		case name != "":
			f.Skills = append(f.Skills, skillRow{Name: name, Level: level})
			if level > 0 {
				skills[name] = level
			}
		}
	}
	return f, skills
}

func (s *Site) takeUser(w http.ResponseWriter, r *http.Request) {
	login := r.PathValue("login")
	u, err := s.opt.Records.User(r.Context(), login)
	if err != nil {
		s.userMissing(w, r, err)
		return
	}
	form, skills := s.userFormOf(r)
	form.Login, form.User = u.Login, itemOf(u, s.now())
	own := login == whoOf(r.Context()).Login
	if own && !slices.Contains(form.Roles, string(Administrator)) {
		form.Faults["roles"] = s.say(r, "fault.roles.own")
	}
	if len(form.Faults) > 0 {
		s.showUserForm(w, r, http.StatusUnprocessableEntity, form)
		return
	}
	browser := form.Phone == phoneBrowser
	changed, err := s.changed(s.opt.Records.UpdateUser(r.Context(), login, records.UserChange{
		Name: &form.Name, Team: &form.Team, Roles: form.Roles, Skills: skills, WebRTC: &browser, Version: cmp.Or(form.Version, u.Version),
	}))
	if err != nil {
		if errors.Is(err, records.ErrConflict) {
			form.Version = u.Version // what was typed stands; sending it again means it
		}
		s.userRefused(w, r, form, err)
		return
	}
	if _, err := s.userOf(r.Context(), whoOf(r.Context()).token); own && err != nil {
		// Other roles ended all sessions of the account, this one too; it goes on with a new one.
		token, session, err := s.opt.Records.NewSessionFrom(r.Context(), login, s.device(r))
		if err != nil {
			s.failed(w, r, err)
			return
		}
		http.SetCookie(w, s.cookie(token, session.EndsAt))
	}
	http.Redirect(w, r, "/admin/users/"+changed.Login+"?saved=1", http.StatusSeeOther)
}

// takeUserAction does one thing to a user that is no change of the form.
func (s *Site) takeUserAction(w http.ResponseWriter, r *http.Request) {
	login, ctx := r.PathValue("login"), r.Context()
	u, err := s.opt.Records.User(ctx, login)
	if err != nil {
		s.userMissing(w, r, err)
		return
	}
	secret := secretPage{User: u}
	switch r.PathValue("action") {
	case "disable":
		if login == whoOf(ctx).Login {
			s.trouble(w, r, http.StatusConflict, "admin.user.own")
			return
		}
		_, err = s.changed(s.opt.Records.DisableUser(ctx, login))
	case "enable":
		_, err = s.changed(s.opt.Records.EnableUser(ctx, login))
	case "sessions":
		err = s.opt.Records.RevokeSessions(ctx, login)
	case "password":
		password := newPassword()
		err = s.opt.Records.SetPassword(ctx, login, password)
		secret.Secrets = []secretShown{{"password", password}}
	case "phone-secret":
		var value string
		value, err = s.phoneSecretFor(ctx, login)
		secret.Secrets = []secretShown{{"phone", value}}
	default:
		s.trouble(w, r, http.StatusNotFound, "ui.trouble.notfound")
		return
	}
	switch {
	case err != nil:
		s.failed(w, r, err)
	case secret.Secrets != nil:
		s.pages.Render(w, r, http.StatusOK, "admin/secret", secret)
	default:
		http.Redirect(w, r, "/admin/users/"+login+"?saved=1", http.StatusSeeOther)
	}
}

// phoneSecretFor makes a new secret and tells the house about it.
func (s *Site) phoneSecretFor(ctx context.Context, login string) (string, error) {
	secret, err := s.opt.Records.SetPhoneSecret(ctx, login)
	if err == nil {
		_, err = s.changed(s.opt.Records.User(ctx, login))
	}
	return secret, err
}

func (s *Site) userRefused(w http.ResponseWriter, r *http.Request, form userForm, err error) {
	faults, status, ok := s.faultsOf(r, err)
	if !ok {
		s.failed(w, r, err)
		return
	}
	form.Faults = faults
	s.showUserForm(w, r, status, form)
}

func (s *Site) userMissing(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, records.ErrNotFound) {
		s.trouble(w, r, http.StatusNotFound, "admin.user.missing")
		return
	}
	s.failed(w, r, err)
}
