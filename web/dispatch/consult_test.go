package dispatch

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/procedure"
)

// TestConsultation: called by the manager, one opinion of each participant, a decision only then, and the minutes come back to the order.
func TestConsultation(t *testing.T) {
	h := openHouse(t)
	h.set(time.Date(2026, 11, 24, 1, 10, 0, 0, time.UTC))
	h.staffed()
	o := h.appointed()
	post := func(c *http.Client, path string, form url.Values) (int, string) {
		t.Helper()
		r, err := c.PostForm(h.server.URL+path, form)
		must(t, err)
		read(t, r)
		return r.StatusCode, r.Header.Get("Location")
	}
	get := func(c *http.Client, path string) (int, string) {
		t.Helper()
		r, err := c.Get(h.server.URL + path)
		must(t, err)
		return r.StatusCode, read(t, r)
	}
	sue, gao, he := h.as("sue"), h.as("gao"), h.as("he")
	form := url.Values{"question": {"为什么换电源后仍然重启"}, "at": {"2026-11-24T14:00"}, "people": {"gao"}}
	if status, _ := post(sue, "/dispatch/orders/"+o.ID+"/consult", form); status != http.StatusUnprocessableEntity {
		t.Errorf("a consultation of one: %d", status)
	}
	form["people"] = []string{"gao", "he"}
	status, path := post(sue, "/dispatch/orders/"+o.ID+"/consult", form)
	if status != http.StatusSeeOther {
		t.Fatalf("convene: %d", status)
	}
	if status, text := get(sue, path); status != http.StatusOK || !strings.Contains(text, "何平") || strings.Contains(text, `data-testid="decide"`) {
		t.Errorf("nobody has said anything, the page: %d", status)
	}
	decision := url.Values{"do": {"decide"}, "cause": {"主板电容老化"}, "text": {"更换主板，先备份"}}
	say := func(c *http.Client, text string) int {
		status, _ := post(c, path, url.Values{"do": {"opinion"}, "text": {text}})
		return status
	}
	if status := say(gao, "电源正常，怀疑主板"); status != http.StatusSeeOther {
		t.Errorf("an opinion: %d", status)
	}
	if status := say(gao, "再想想"); status != http.StatusConflict {
		t.Errorf("a second opinion of the same person: %d", status)
	}
	if status, _ := post(sue, path, decision); status != http.StatusConflict {
		t.Errorf("decided before all have spoken: %d", status)
	}
	if status := say(h.as("anna"), "我也说"); status != http.StatusForbidden {
		t.Errorf("somebody who was not called: %d", status)
	}
	if status := say(he, "同意，曾见过同型号的电容老化"); status != http.StatusSeeOther {
		t.Errorf("the other opinion: %d", status)
	}
	if status, _ := post(he, path, decision); status != http.StatusConflict {
		t.Errorf("decided by a participant: %d", status)
	}
	if status, _ := post(sue, path, decision); status != http.StatusSeeOther {
		t.Fatalf("decision: %d", status)
	}
	if _, text := get(gao, path); !strings.Contains(text, `data-testid="decided"`) || !strings.Contains(text, "主板电容老化") {
		t.Error("the page does not say what was decided")
	}
	c, err := h.store.Order(t.Context(), strings.TrimPrefix(path, "/consultations/"))
	must(t, err)
	if c.Order.State != procedure.Done || c.Rules[0].Verdict != procedure.Proven {
		t.Errorf("the consultation is %s, its rule %s", c.Order.State, c.Rules[0].Verdict)
	}
	f, err := h.store.Order(t.Context(), o.ID)
	must(t, err)
	found := false
	for _, e := range f.Evidence {
		found = found || e.Step == "consultation" && e.Kind == procedure.Document && e.File != ""
	}
	if !found {
		t.Error("the minutes did not come back to the order")
	}
	issued, err := h.store.IssuedOf(t.Context(), c.Order.ID)
	must(t, err)
	if len(issued) != 1 || issued[0].Kind != "consultation_minutes" {
		t.Errorf("issued: %+v", issued)
	}
}

// TestVisitCodeAtTheHotline: a caller asks who stands at the door; the agent sees name and photo, and the order keeps it.
func TestVisitCodeAtTheHotline(t *testing.T) {
	h := openHouse(t)
	h.set(time.Date(2026, 11, 24, 1, 10, 0, 0, time.UTC))
	h.staffed()
	o := h.appointed()
	code, err := h.store.VisitCode(t.Context(), "gao", o.ID, false)
	must(t, err)
	anna := h.as("anna")
	check := func(code string) string {
		t.Helper()
		r, err := anna.PostForm(h.server.URL+"/visitcode", url.Values{"code": {code}})
		must(t, err)
		return read(t, r)
	}
	if text := check("00000000"); !strings.Contains(text, `data-verdict="wrong"`) || strings.Contains(text, "高明") {
		t.Error("a wrong code names somebody")
	}
	if text := check(code.Code); !strings.Contains(text, `data-verdict="right"`) || !strings.Contains(text, "高明") || !strings.Contains(text, "高级服务工程师") {
		t.Error("the right code does not say who it is")
	}
	f, err := h.store.Order(t.Context(), o.ID)
	must(t, err)
	last := f.Evidence[len(f.Evidence)-1]
	if last.Step != "identity" || last.Via != procedure.ViaHotline || last.Actor != "anna" {
		t.Errorf("kept: %+v", last)
	}
	if _, err := h.store.CompleteStep(t.Context(), records.Actor{Login: "gao"}, o.ID, "identity", 0); err == nil {
		t.Error("the step is done without the arrival")
	}
}
