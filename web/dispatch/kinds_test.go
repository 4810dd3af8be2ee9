package dispatch

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/records"
)

// TestOnlyWhatIsDispatched: consulting, classes and follow-ups are given out elsewhere. They are no visits, and wait for no dispatcher.
func TestOnlyWhatIsDispatched(t *testing.T) {
	h := openHouse(t)
	h.set(time.Date(2026, 11, 24, 1, 10, 0, 0, time.UTC))
	h.staffed()
	h.escalate("call-1", records.KindOnsite, "服务器断电后无法启动") // makes the customer
	sue := records.Actor{Login: "sue"}
	for _, o := range []records.OpenOrder{
		{Procedure: "consulting", Subject: "机房改造咨询", Engineer: "gao"}, {Procedure: "open_class", Subject: "备份培训"}, {Procedure: "followup", Subject: "回访"},
	} {
		_, err := h.store.OpenOrder(t.Context(), sue, o)
		must(t, err)
	}
	visit, err := h.store.OpenOrder(t.Context(), sue, records.OpenOrder{Procedure: "onsite", Subject: "更换电源", Engineer: "gao"})
	must(t, err)
	_, err = h.store.OpenOrder(t.Context(), sue, records.OpenOrder{Procedure: "onsite", Subject: "加装内存"})
	must(t, err)
	read := func(login, path string) string {
		r, err := h.as(login).Get(h.server.URL + path)
		must(t, err)
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		must(t, err)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s", path, r.Status)
		}
		return string(text)
	}
	for _, c := range []struct{ login, path, want string }{
		{"gao", "/visit/data", visit.Number}, {"dan", "/dispatch/calendar", "加装内存"}, {"dan", "/dispatch", "加装内存"},
	} {
		text := read(c.login, c.path)
		if !strings.Contains(text, c.want) {
			t.Errorf("%s lacks %s", c.path, c.want)
		}
		for _, other := range []string{"机房改造咨询", "备份培训", "回访</"} {
			if strings.Contains(text, other) {
				t.Errorf("%s shows %s", c.path, other)
			}
		}
	}
}
