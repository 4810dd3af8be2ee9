// Package desktest tests the live half of the agent's desk (static/desk) in a real browser, against a small server that says what
// the test tells it to say: the JSON API, the event stream, and a SIP switch at the end of the websocket.
package desktest
