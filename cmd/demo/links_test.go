package main

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var (
	href = regexp.MustCompile(`<a\b[^>]*\bhref="(/[^"#]*)`)
	one  = regexp.MustCompile(`[0-9A-Z]{20,}|[0-9]+`)
	file = regexp.MustCompile(`/(pdf|bundle|files|papers|draws)(/|\?|$)|\.csv|^/static/`)
)

// leads follows what a page offers to somebody: every link opens, of each kind of page the first two.
func leads(t *testing.T, base, login, password string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	resp, err := c.PostForm(base+"/login", url.Values{"login": {login}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	from := map[string]string{"/": "the address"}
	met, seen := map[string]int{}, 0
	for ahead := []string{"/"}; len(ahead) > 0; ahead = ahead[1:] {
		path := ahead[0]
		resp, err := c.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
		_ = resp.Body.Close()
		if seen++; err != nil || resp.StatusCode != http.StatusOK || resp.Request.URL.Path == "/login" {
			t.Errorf("%s: %s leads to %s, which answers %s (%v)", login, from[path], path, resp.Status, err)
			continue
		}
		for _, m := range href.FindAllStringSubmatch(string(page), -1) {
			next := html.UnescapeString(m[1])
			kind := one.ReplaceAllString(strings.SplitN(next, "?", 2)[0], "N")
			if from[next] != "" || file.MatchString(next) || strings.HasPrefix(next, "//") || met[kind] == 2 {
				continue
			}
			met[kind]++
			from[next] = path
			ahead = append(ahead, next)
		}
	}
	if seen < 8 {
		t.Errorf("%s: only %d pages", login, seen)
	}
}
