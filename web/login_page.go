package web

import (
	"context"
	"net/http"
	"time"
)

// loginForm is what the login page shows. The password is never given back.
type loginForm struct {
	Login, Next string
	Trouble     *formTrouble
}

type formTrouble struct{ What, Do string }

// mountLogin mounts what somebody needs to come in and to leave.
func (s *Site) mountLogin() {
	s.mux.Handle("GET /login", s.page(s.showLogin))
	s.mux.Handle("POST /login", s.page(s.takeLogin))
	s.mux.Handle("POST /logout", s.page(s.takeLogout))
}

func (s *Site) showLogin(w http.ResponseWriter, r *http.Request) {
	next := safeNext(r.URL.Query().Get("next"))
	if user := whoOf(r.Context()); user != nil {
		if next == "" {
			next = s.home(r.Context(), user)
		}
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // safeNext leaves only paths on this site
		return
	}
	s.pages.Render(w, r, http.StatusOK, "ui/login", loginForm{Next: next})
}

// takeLogin signs in as POST /api/v1/login does, throttle and all, and goes to where the visitor wanted to be.
func (s *Site) takeLogin(w http.ResponseWriter, r *http.Request) {
	form := loginForm{Login: r.PostForm.Get("login"), Next: safeNext(r.PostForm.Get("next"))}
	if len(form.Login) > 64 {
		form.Login = ""
	}
	again := func(status int, key string, args ...any) {
		form.Trouble = &formTrouble{s.say(r, key), s.say(r, key+".do", args...)}
		s.pages.Render(w, r, status, "ui/login", form)
	}
	word := r.PostForm.Get("password")
	if form.Login == "" || word == "" || len(word) > 1024 {
		again(http.StatusUnprocessableEntity, "login.missing")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), roomTime)
	defer cancel()
	in := &loginInput{}
	in.Body.Login, in.Body.Password, in.Body.Cookie = form.Login, word, true
	out, err := s.login(ctx, nil, in)
	if err != nil {
		p := s.problemFor(ctx, "login", err)
		switch p.Code {
		case codeBadLogin:
			again(p.Status, "login.wrong")
		case codeThrottled:
			w.Header()["Retry-After"] = p.GetHeaders()["Retry-After"]
			again(p.Status, "login.throttled", minutes(p.retry))
		default:
			again(p.Status, "login.unavailable")
		}
		return
	}
	http.SetCookie(w, &out.Cookie[0])
	s.bringLook(ctx, w, r, form.Login)
	if form.Next == "" {
		form.Next = s.home(ctx, &who{Roles: out.Body.Roles})
	}
	http.Redirect(w, r, form.Next, http.StatusSeeOther)
}

// minutes rounds up, for people who have to wait.
func minutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }

// takeLogout ends the session of this browser.
func (s *Site) takeLogout(w http.ResponseWriter, r *http.Request) {
	if user := whoOf(r.Context()); user != nil {
		if err := s.opt.Records.RevokeSession(r.Context(), user.token); err != nil {
			s.failed(w, r, err)
			return
		}
	}
	http.SetCookie(w, s.cookie("", time.Time{}))
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}
