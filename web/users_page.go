package web

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// usersPage lists the users.
type usersPage struct {
	Users    []userItem
	All      int // before the filter
	Query    string
	Role     string
	Disabled bool // list disabled users too
	Roles    []Role
}

type userItem struct {
	records.User
	State string // "active", "disabled", "locked", "no-password"
}

func itemOf(u records.User, now time.Time) userItem {
	state := "active"
	switch {
	case u.Disabled:
		state = "disabled"
	case now.Before(u.LockedUntil):
		state = "locked"
	case !u.HasPassword:
		state = "no-password"
	}
	return userItem{u, state}
}

func allRoles() []Role { return []Role{Agent, Engineer, Supervisor, Dispatcher, Administrator} }

func (s *Site) mountAdministration(r ui.Router) {
	admin := []string{string(Administrator)}
	r.Page("GET /admin/users", admin, s.showUsers)
	r.Page("POST /admin/users", admin, s.takeNewUser)
	r.Page("GET /admin/users/new", admin, func(w http.ResponseWriter, r *http.Request) {
		s.showUserForm(w, r, http.StatusOK, userForm{New: true, Roles: []string{string(Agent)}, Phone: phoneBrowser})
	})
	r.Page("GET /admin/users/{login}", admin, s.showUser)
	r.Page("POST /admin/users/{login}", admin, s.takeUser)
	r.Page("POST /admin/users/{login}/{action}", admin, s.takeUserAction)
	r.Page("GET /admin/audit", admin, s.showAudit)
}

func (s *Site) showUsers(w http.ResponseWriter, r *http.Request) {
	all, err := s.opt.Records.Users(r.Context())
	if err != nil {
		s.failed(w, r, err)
		return
	}
	q := r.URL.Query()
	p := usersPage{All: len(all), Query: strings.TrimSpace(q.Get("q")), Role: q.Get("role"), Disabled: q.Get("disabled") == "1", Roles: allRoles()}
	if !slices.Contains(p.Roles, Role(p.Role)) {
		p.Role = ""
	}
	for _, u := range all {
		text := strings.ToLower(u.Login + "\n" + u.Name + "\n" + u.Team)
		switch {
		case u.Disabled && !p.Disabled, p.Role != "" && !u.Is(p.Role), !strings.Contains(text, strings.ToLower(p.Query)):
		default:
			p.Users = append(p.Users, itemOf(u, s.now()))
		}
	}
	s.pages.Render(w, r, http.StatusOK, "admin/users", p)
}

// takeNewUser adds a user with a generated password, which is shown in this answer and never again.
func (s *Site) takeNewUser(w http.ResponseWriter, r *http.Request) {
	form, skills := s.userFormOf(r)
	form.New = true
	form.Login = strings.TrimSpace(r.PostForm.Get("login"))
	if len(form.Faults) > 0 {
		s.showUserForm(w, r, http.StatusUnprocessableEntity, form)
		return
	}
	password := newPassword()
	u, err := s.changed(s.opt.Records.AddUser(r.Context(), records.NewUser{
		Login: form.Login, Name: form.Name, Team: form.Team, Roles: form.Roles, Skills: skills, WebRTC: form.Phone == phoneBrowser, Password: password,
	}))
	if err != nil {
		s.userRefused(w, r, form, err)
		return
	}
	shown := []secretShown{{"password", password}}
	if u.Is(records.RoleAgent) && !u.WebRTC {
		secret, err := s.phoneSecretFor(r.Context(), u.Login)
		if err != nil {
			s.failed(w, r, err)
			return
		}
		shown = append(shown, secretShown{"phone", secret})
	}
	s.pages.Render(w, r, http.StatusCreated, "admin/secret", secretPage{User: u, Secrets: shown, Added: true})
}

// newPassword gives 100 random bits in four groups that can be read out on the telephone.
func newPassword() string {
	t := strings.ToLower(rand.Text())
	return t[0:5] + "-" + t[5:10] + "-" + t[10:15] + "-" + t[15:20]
}
