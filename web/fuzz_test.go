package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// FuzzBodies sends anything as the body of any operation, by somebody who may do everything: whatever comes, the answer is
// no fault of ours, and every refusal is a whole problem.
func FuzzBodies(f *testing.F) {
	h := newHouse(f)
	h.answered(f, "a-1", "all", number)
	var writes []operation
	for _, o := range h.operations(f) {
		if o.RequestBody != nil && o.OperationID != "login" {
			writes = append(writes, o)
		}
	}
	slices.SortFunc(writes, func(a, b operation) int { return strings.Compare(a.OperationID, b.OperationID) })
	for i := range writes {
		for _, body := range []string{
			`{}`, `[]`, `null`, `""`, `0`, `{"version":9e99}`, `{"version":-1}`, `{"name":"\u0000\ud800"}`, "\xff\xfe", `{"a":{"a":{"a":1}}}`,
			`{"number":"500&PJSIP/trunk/00","name":"${SHELL(id)}"}`, `{"outcome":"remote","escalation":{"told":{"at":"0000-00-00T00:00:00Z"}}}`,
			`{"outcome":"callback","callback":{"at":"9999-12-31T23:59:59Z","number":"` + number + `"}}`,
			`{"state":"paused","reason":"meal"}`, `{"kind":"agent","name":"ben","minutes":1}`, `{"text":"\r\n\t😀"}`, `{"seconds":1e3}`,
		} {
			f.Add(uint8(i), "a-1", body)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, id, body string) {
		o := writes[int(which)%len(writes)]
		path := parameter.ReplaceAllLiteralString(o.path, "x")
		r := httptest.NewRequest(o.method, path, strings.NewReader(body))
		// The id goes where the router would have put it, whatever bytes it has.
		if id != "" && !strings.Contains(id, "/") && id != "." && id != ".." {
			r.URL.Path = parameter.ReplaceAllLiteralString(o.path, id)
		}
		r.Header.Set("Authorization", "Bearer "+h.tokens["all"])
		w := httptest.NewRecorder()
		h.site.ServeHTTP(w, r)
		if w.Code >= 500 && w.Code != http.StatusBadGateway {
			t.Fatalf("%s with %q: %d %s", o.OperationID, body, w.Code, w.Body)
		}
		if w.Code < 400 {
			return
		}
		var p Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Code == "" || p.Detail == "" || p.Do == "" || p.Status != w.Code {
			t.Fatalf("%s with %q: %d %s", o.OperationID, body, w.Code, w.Body)
		}
	})
}
