package customer_test

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/procedure"
)

func answerOf(answer, turn string) url.Values {
	return url.Values{"answer": {answer}, "turn": {turn}, "who": {"孙丽"}, "why": {"服务器还没有准备好"}}
}

// TestConsent: a customer agrees by link; a scanner, a stranger and a replay change nothing.
func TestConsent(t *testing.T) {
	h := newHouse(t)
	l, address := h.link(records.NewLink{Purpose: records.LinkConsent, Step: "backup", Need: "permission", Uses: 1, Data: []byte(`{"text":"备份数据库 ERP83 到客户文件服务器"}`)})

	// A program that follows links: looks only, and learns nothing personal.
	scanner := newPhone(t)
	for range 3 {
		status, page := scanner.get(address)
		if status != http.StatusOK || strings.Contains(page, "孙丽") || strings.Contains(page, h.order.Number) || strings.Contains(page, "ERP") {
			t.Errorf("%d, a stranger sees:\n%s", status, page)
		}
	}
	if status, _ := scanner.post(address, answerOf("yes", "0")); status != http.StatusForbidden {
		t.Errorf("answered without opening: %d", status)
	}

	mine := newPhone(t)
	status, page := mine.post(address+"/open", url.Values{"digits": {"1111"}})
	if status != http.StatusUnprocessableEntity {
		t.Errorf("wrong digits: %d", status)
	}
	has(t, "wrong digits", page, "not the right digits")
	_, page = mine.post(address+"/open", url.Values{"digits": {"8000"}})
	has(t, "the question", page, h.order.Number, "备份数据库 ERP83 到客户文件服务器", "I agree", "400-000-0000")
	if status, page = newPhone(t).get(address); status != http.StatusForbidden {
		t.Errorf("forwarded: %d", status)
	}
	has(t, "forwarded", page, "another device", "400-000-0000")

	if status, page = mine.post(address, url.Values{"answer": {"no"}, "turn": {"0"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("an objection without a reason: %d", status)
	}
	has(t, "why", page, "Please say what it is")
	mine.post(address, answerOf("no", "0"))
	if len(h.evidence("backup", "")) != 1 {
		t.Fatal("an objection is not kept")
	}
	if status, _ = mine.post(address, answerOf("yes", "0")); status != http.StatusOK {
		t.Errorf("a used link answers its device: %d", status)
	}
	if n := len(h.evidence("backup", "permission")); n != 0 {
		t.Errorf("a replay made %d consents", n)
	}

	// Another link, agreed to this time.
	l, address = h.link(records.NewLink{Purpose: records.LinkConsent, Step: "backup", Need: "permission", Uses: 1, Data: l.Data})
	mine.post(address+"/open", url.Values{"digits": {"8000"}})
	status, page = mine.post(address, answerOf("yes", "0"))
	if status != http.StatusOK {
		t.Errorf("agree: %d", status)
	}
	has(t, "thanks", page, "Agreed. Thank you")
	said := h.evidence("backup", "permission")
	if len(said) != 1 {
		t.Fatalf("%d consents", len(said))
	}
	if b := bodyOf(t, said[0]); b.Link != l.ID || b.Who != "孙丽" || b.Text != "备份数据库 ERP83 到客户文件服务器" || len(b.Shown) != 64 || said[0].Via != procedure.ViaLink {
		t.Errorf("kept: %+v by %s", b, said[0].Via)
	}
	_, page = mine.get(address)
	has(t, "receipt", page, "You have answered")
	if strings.Contains(h.log.String(), address[strings.LastIndex(address, "/")+1:]) {
		t.Error("the log holds the token of a link")
	}
}

// TestRefusals: unknown, ended, withdrawn; each with the number to call.
func TestRefusals(t *testing.T) {
	h := newHouse(t)
	p := newPhone(t)
	l, address := h.link(records.NewLink{Purpose: records.LinkConfirm})
	get[records.Link](t)(h.store.RevokeLink(t.Context(), records.Actor{Login: "chen"}, l.ID))
	_, survey := h.link(records.NewLink{Purpose: records.LinkSurvey, Number: "1"})
	for _, c := range []struct {
		address string
		status  int
		says    string
	}{{h.base + "/c/nonsense", http.StatusNotFound, "does not work"}, {address, http.StatusGone, "withdrawn"}} {
		status, page := p.get(c.address)
		if status != c.status {
			t.Errorf("%s: %d", c.says, status)
		}
		has(t, c.says, page, c.says, "400-000-0000", "no-store")
	}
	// A purpose that nobody serves here is a fault of ours, and says that nothing is lost.
	if status, page := p.post(survey+"/open", nil); status != http.StatusServiceUnavailable || !strings.Contains(page, "Nothing of yours is lost") {
		t.Errorf("a purpose without pages: %d\n%s", status, page)
	}
}

// hand is a signature of 300 by 100 with a stroke on it, as the page sends it; without a stroke it is blank paper.
func hand(t *testing.T, stroke bool) string {
	t.Helper()
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture(t, stroke))
}

// TestSign: nobody signs what they have not read; the signature is bound to the bytes that were read.
func TestSign(t *testing.T) {
	h := newHouse(t)
	for _, step := range []string{"backup", "diagnosis", "proposal", "check", "solved", "prevention"} {
		h.settle(step)
	}
	doc := h.document()
	l, address := h.link(records.NewLink{Purpose: records.LinkSign, Step: "work_order", Need: "signed", File: doc.File, Uses: 1})
	p := newPhone(t)
	if status, _ := p.get(address + "/file"); status != http.StatusForbidden {
		t.Errorf("a stranger reads the document: %d", status)
	}
	p.post(address+"/open", url.Values{"digits": {"8000"}})
	form := url.Values{"turn": {"0"}, "who": {"孙丽"}, "signature": {hand(t, true)}}
	_, page := p.post(address, form)
	has(t, "not read", page, "read the document first")
	status, file := p.get(address + "/file")
	if status != http.StatusOK {
		t.Fatalf("read: %d", status)
	}
	has(t, "the document", file, "%PDF-1.7", "application/pdf", "inline")
	for name, bad := range map[string]string{"none": "", "blank": hand(t, false), "no picture": "data:image/png;base64,AAAA", "a script": "data:text/html;base64,AAAA"} {
		form.Set("signature", bad)
		if status, page = p.post(address, form); status != http.StatusUnprocessableEntity {
			t.Errorf("a signature that is %s: %d\n%s", name, status, page)
		}
	}
	form.Set("signature", hand(t, true))
	if status, page = p.post(address, form); status != http.StatusOK {
		t.Fatalf("sign: %d\n%s", status, page)
	}
	p.post(address, form)
	said := h.evidence("work_order", "signed")
	if len(said) != 1 {
		t.Fatalf("%d signatures", len(said))
	}
	if b := bodyOf(t, said[0]); b.Shown != doc.SHA256 || b.Link != l.ID || said[0].Via != procedure.ViaSignature || said[0].File == "" {
		t.Errorf("kept: %+v by %s with file %q", b, said[0].Via, said[0].File)
	}
	_, kept, err := h.store.OpenFile(t.Context(), said[0].File)
	if err != nil {
		t.Fatal(err)
	}
	bytes := get[[]byte](t)(io.ReadAll(kept))
	if err := kept.Close(); err != nil || string(bytes) != string(picture(t, true)) {
		t.Errorf("another picture was kept (%v)", err)
	}
}

// TestDownload: the customer's copy, with the proof of its delivery, as often as they like until the link ends.
func TestDownload(t *testing.T) {
	h := newHouse(t)
	for _, step := range []string{"backup", "diagnosis", "proposal", "check", "solved", "prevention"} {
		h.settle(step)
	}
	doc := h.document()
	l, address := h.link(records.NewLink{Purpose: records.LinkDownload, Step: "work_order", Need: "copy", File: doc.File})
	p := newPhone(t)
	p.post(address+"/open", url.Values{"digits": {"8000"}})
	for turn := range 2 {
		status, file := p.post(address, url.Values{"turn": {string(rune('0' + turn))}})
		if status != http.StatusOK || !strings.Contains(file, "%PDF-1.7") {
			t.Errorf("copy %d: %d", turn, status)
		}
	}
	if said := h.evidence("work_order", "copy"); len(said) != 1 || !strings.HasPrefix(string(said[0].Body), `{"how":"link","to":"孙丽"`) {
		t.Errorf("proof of delivery: %+v", said)
	}
	var shown int
	for _, e := range get[[]records.LinkEvent](t)(h.store.LinkEvents(t.Context(), l.ID)) {
		if e.What == "shown" && e.Detail == doc.SHA256 {
			shown++
		}
	}
	if shown != 2 {
		t.Errorf("%d deliveries recorded", shown)
	}
}

// TestVerify: who holds a paper learns whether it is ours, and nothing else.
func TestVerify(t *testing.T) {
	h := newHouse(t)
	doc := h.document()
	p := newPhone(t)
	status, page := p.get(h.base + "/verify/" + doc.Number + "?h=" + doc.Hash[:16])
	if status != http.StatusOK {
		t.Errorf("ours: %d", status)
	}
	has(t, "ours", page, "issued by us", "Maintenance work order", `data-known="true"`)
	if strings.Contains(page, "孙丽") || strings.Contains(page, "13800138000") {
		t.Error("the check tells about people")
	}
	status, page = p.get(h.base + "/verify/" + doc.Number + "?h=0123456789abcdef")
	if status != http.StatusNotFound {
		t.Errorf("not ours: %d", status)
	}
	has(t, "not ours", page, "No such document", `data-known="false"`)
	if status, page = p.get(h.base + "/verify"); status != http.StatusOK || strings.Contains(page, "verdict") {
		t.Errorf("the empty form: %d", status)
	}
}

// TestEndedOrder: an answer that comes too late is not lost in silence.
func TestEndedOrder(t *testing.T) {
	h := newHouse(t)
	_, address := h.link(records.NewLink{Purpose: records.LinkConsent, Step: "backup", Need: "permission", Uses: 1, Until: time.Now().Add(time.Hour)})
	p := newPhone(t)
	p.post(address+"/open", url.Values{"digits": {"8000"}})
	get[records.Order](t)(h.store.CancelOrder(context.Background(), records.Actor{Login: "chen"}, h.order.ID, "客户取消", 0))
	status, page := p.post(address, answerOf("yes", "0"))
	if status != http.StatusConflict {
		t.Errorf("too late: %d", status)
	}
	has(t, "too late", page, "cannot be recorded now")
}
