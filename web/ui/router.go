package ui

import "net/http"

// Router mounts pages behind the guard of the site.
type Router interface {
	// Page answers pattern, as in net/http ("GET /wall"), for visitors with one of the roles; no roles: everybody signed in.
	// Somebody who is not signed in is sent to /login and comes back; htmx requests by HX-Redirect. Somebody without the role gets
	// a page that says so. The form of a urlencoded request is parsed already and bounded.
	Page(pattern string, roles []string, h http.HandlerFunc)
	// Open is Page for everybody, signed in or not.
	Open(pattern string, h http.HandlerFunc)
}
