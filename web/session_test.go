package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"hotline/records"
)

func login(name, word string, cookie bool) map[string]any {
	return map[string]any{"login": name, "password": word, "cookie": cookie}
}

func withPassword(t *testing.T, set ...func(*Options)) *house {
	t.Helper()
	h := newHouse(t, set...)
	if _, err := h.store.AddUser(t.Context(), records.NewUser{Login: "carl", Roles: []string{records.RoleAgent}, Password: password}); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestSignInWithToken(t *testing.T) {
	t.Parallel()
	h := withPassword(t)
	var me signedInAs
	r := h.do(t, "", "POST", "/api/v1/login", login("carl", password, false))
	r.want(http.StatusOK, &me)
	if len(me.Token) < 43 || me.Login != "carl" || len(me.Roles) != 1 || me.Roles[0] != Agent || len(me.Pauses) == 0 {
		t.Fatalf("signed in as %+v", me)
	}
	if len(r.Header.Values("Set-Cookie")) != 0 {
		t.Error("a program got a cookie")
	}
	h.tokens["carl"] = me.Token
	var again signedInAs
	h.do(t, "carl", "GET", "/api/v1/me", nil).want(http.StatusOK, &again)
	if again.Token != "" || again.Session != me.Session {
		t.Errorf("me says %+v", again)
	}
	h.do(t, "carl", "POST", "/api/v1/logout", nil).want(http.StatusNoContent, nil)
	h.do(t, "carl", "GET", "/api/v1/me", nil).problem(http.StatusUnauthorized, codeSignIn)
}

func TestSignInWithCookie(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, cookie string
		tls          bool
	}{{"plain", "hotline", false}, {"TLS", "__Host-hotline", true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := withPassword(t, func(o *Options) { o.TLS = c.tls })
			r := h.do(t, "", "POST", "/api/v1/login", login("carl", password, true))
			var me signedInAs
			r.want(http.StatusOK, &me)
			first := cookieOf(t, r)
			if first.Name != c.cookie || !first.HttpOnly || first.SameSite != http.SameSiteStrictMode || first.Secure != c.tls ||
				first.Path != "/" || first.Domain != "" || me.Token != "" {
				t.Fatalf("cookie %+v, body %+v", first, me)
			}
			ask := func(with *http.Cookie, method, path, origin string) *reply {
				t.Helper()
				body := ""
				if path == "/api/v1/login" {
					data, err := json.Marshal(login("carl", password, true))
					if err != nil {
						t.Fatal(err)
					}
					body = string(data)
				}
				req, err := http.NewRequestWithContext(t.Context(), method, h.server.URL+path, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				req.AddCookie(with)
				if origin != "" {
					req.Header.Set("Origin", origin)
				}
				return h.send(t, req)
			}
			ask(first, "GET", "/api/v1/me", "").want(http.StatusOK, nil)
			ask(first, "POST", "/api/v1/logout", "https://evil.example").problem(http.StatusForbidden, codeCrossOrigin)
			ask(first, "GET", "/api/v1/me", "").want(http.StatusOK, nil)

			second := cookieOf(t, ask(first, "POST", "/api/v1/login", h.server.URL))
			if second.Value == first.Value {
				t.Fatal("signing in again kept the token")
			}
			ask(first, "GET", "/api/v1/me", "").problem(http.StatusUnauthorized, codeSignIn)
			if gone := cookieOf(t, ask(second, "POST", "/api/v1/logout", h.server.URL)); gone.Value != "" || gone.MaxAge >= 0 {
				t.Errorf("after signing out the cookie is %+v", gone)
			}
			ask(second, "GET", "/api/v1/me", "").problem(http.StatusUnauthorized, codeSignIn)
		})
	}
}

func cookieOf(t *testing.T, r *reply) *http.Cookie {
	t.Helper()
	cookies := (&http.Response{Header: r.Header}).Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%s set %d cookies: %d %s", r.what, len(cookies), r.Status, r.Body)
	}
	return cookies[0]
}

func TestWrongSignInsTellNothingAndAreThrottled(t *testing.T) {
	t.Parallel()
	h := withPassword(t, func(o *Options) { o.Logins = LoginLimit{Attempts: 4} })
	if _, err := h.store.DisableUser(t.Context(), "ben"); err != nil {
		t.Fatal(err)
	}
	var bodies []string
	for _, name := range []string{"carl", "nobody", "ben", "a';--"} {
		p := h.do(t, "", "POST", "/api/v1/login", login(name, "not the password", false)).problem(http.StatusUnauthorized, codeBadLogin)
		bodies = append(bodies, p.Detail+p.Do)
	}
	for _, b := range bodies {
		if b != bodies[0] {
			t.Errorf("answers differ: %q, %q", bodies[0], b)
		}
	}
	r := h.do(t, "", "POST", "/api/v1/login", login("carl", password, false))
	r.problem(http.StatusTooManyRequests, codeThrottled)
	if r.Header.Get("Retry-After") != "900" {
		t.Errorf("Retry-After %q", r.Header.Get("Retry-After"))
	}
}

// An account that records locked answers like a wrong password, from a source that is not throttled.
func TestLockedAccountLooksLikeAWrongPassword(t *testing.T) {
	t.Parallel()
	h := withPassword(t, func(o *Options) { o.Logins = LoginLimit{Attempts: 100} })
	for range 11 { // records locks after ten
		h.do(t, "", "POST", "/api/v1/login", login("carl", "not the password", false)).problem(http.StatusUnauthorized, codeBadLogin)
	}
	h.do(t, "", "POST", "/api/v1/login", login("carl", password, false)).problem(http.StatusUnauthorized, codeBadLogin)
}

func TestSessionsThatEndAreRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, token := range []string{"", "x", strings.Repeat("A", 52), strings.Repeat("A", 10_000)} {
		h.tokens["ghost"] = token
		h.do(t, "ghost", "GET", "/api/v1/me", nil).problem(http.StatusUnauthorized, codeSignIn)
	}
	h.do(t, "adam", "DELETE", "/api/v1/users/anna/sessions", nil).want(http.StatusNoContent, nil)
	r := h.do(t, "anna", "GET", "/api/v1/me", nil)
	r.problem(http.StatusUnauthorized, codeSignIn)
	if !strings.HasPrefix(r.Header.Get("WWW-Authenticate"), "Bearer") {
		t.Errorf("WWW-Authenticate %q", r.Header.Get("WWW-Authenticate"))
	}
	h.do(t, "adam", "POST", "/api/v1/users/ben/disable", nil).want(http.StatusOK, nil)
	h.do(t, "ben", "GET", "/api/v1/me", nil).problem(http.StatusUnauthorized, codeSignIn)
}

func TestChangingOnesPassword(t *testing.T) {
	t.Parallel()
	h := withPassword(t)
	var err error
	if h.tokens["carl"], _, err = h.store.NewSession(t.Context(), "carl"); err != nil {
		t.Fatal(err)
	}
	change := func(old, fresh string) *reply {
		return h.do(t, "carl", "POST", "/api/v1/me/password", map[string]any{"old": old, "new": fresh})
	}
	change("not the password", "another long sentence").problem(http.StatusUnauthorized, codeBadLogin)
	change(password, "short").problem(http.StatusUnprocessableEntity, "password-invalid")
	change(password, "another long sentence").want(http.StatusNoContent, nil)
	h.do(t, "carl", "GET", "/api/v1/me", nil).problem(http.StatusUnauthorized, codeSignIn)
	h.do(t, "", "POST", "/api/v1/login", login("carl", "another long sentence", false)).want(http.StatusOK, nil)
}

func TestPasswordsAreNotRepeated(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	secret := "hunter2-hunter2"
	for _, body := range []string{
		`{"login":"carl","password":"` + secret + `","extra":"` + secret + `"}`,
		`{"login":1,"password":"` + secret + `"}`,
		`{"login":"carl","password":"` + secret + `"`,
		`{"login":"carl","password":["` + secret + `"]}`,
	} {
		if r := h.do(t, "", "POST", "/api/v1/login", []byte(body)); r.Status < 400 || strings.Contains(string(r.Body), secret) {
			t.Errorf("%s answered %d %s", body, r.Status, r.Body)
		}
	}
}
