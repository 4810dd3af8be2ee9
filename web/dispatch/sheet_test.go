package dispatch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/procedure"
)

// mailing keeps what is told by mail.
type mailing struct {
	Records
	mails []records.Notification
}

func (m *mailing) Notify(_ context.Context, list ...records.Notification) error {
	m.mails = append(m.mails, list...)
	return nil
}

// send brings one action of the engineer's phone.
func (h *house) send(kind string, order records.Order, client string, body any, file []byte) actionAnswer {
	h.t.Helper()
	raw, err := json.Marshal(body)
	must(h.t, err)
	action, err := json.Marshal(map[string]any{"client": "client-" + client, "order": order.ID, "kind": kind, "body": json.RawMessage(raw), "device_at": h.now()})
	must(h.t, err)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	must(h.t, w.WriteField("action", string(action)))
	if file != nil {
		part, err := w.CreateFormFile("file", "signature.png")
		must(h.t, err)
		_, err = part.Write(file)
		must(h.t, err)
	}
	must(h.t, w.Close())
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.server.URL+"/visit/actions", &form)
	must(h.t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	res, err := h.as("gao").Do(r)
	must(h.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(h.t, err)
	var answer actionAnswer
	if err := json.Unmarshal(text, &answer); err != nil {
		h.t.Fatalf("%d %s", res.StatusCode, text)
	}
	return answer
}

// readyToSign brings an order to its last step, with something said at every step before.
func (h *house) readyToSign() records.Order {
	h.t.Helper()
	o := h.appointed()
	ctx, gao := h.t.Context(), records.Actor{Login: "gao"}
	said := map[string]string{
		"identity.problem": "昨晚停电后无法开机。\n风扇也不转。", "diagnosis.diagnosis": "服务器电源模块损坏，主板和硬盘正常。", "proposal.plan": "更换电源模块。",
		"check.work": "更换电源模块 PS-750，开机正常。", "prevention.analysis": "机房没有稳压设备。", "prevention.advice": "加装 UPS，每季检查一次电池。",
	}
	for _, step := range []string{"arrival", "identity", "backup", "diagnosis", "proposal", "check", "solved", "prevention"} {
		for need, text := range said {
			if at, code, _ := strings.Cut(need, "."); at == step {
				body, err := json.Marshal(procedure.Body{Text: text})
				must(h.t, err)
				_, err = h.store.AddEvidence(ctx, gao, records.EvidenceInput{Order: o.ID, Step: step, Need: code, Kind: procedure.Written, Body: body})
				must(h.t, err)
			}
		}
		if step == "backup" {
			_, err := h.store.AddEvidence(ctx, gao, records.EvidenceInput{
				Order: o.ID, Step: step, Need: "backup", Kind: procedure.Fact, Body: []byte(`{"size":12000.5,"sha256":"abcdef012345","place":"文件服务器 D 盘","restored":true}`),
			})
			must(h.t, err)
		}
		_, err := h.store.OverrideStep(ctx, records.Actor{Login: "sue"}, o.ID, step, "测试", 0)
		must(h.t, err)
	}
	return o
}

// shownFor is the text that a phone shows for the signature: every need's newest evidence in its own words.
func (h *house) shownFor(order string) string {
	h.t.Helper()
	f, err := h.store.Order(h.t.Context(), order)
	must(h.t, err)
	lines := []string{"《客服维护工作单》", f.Order.Number + " · " + f.Order.CustomerName}
	for _, s := range f.Definition.Steps {
		for _, n := range s.Needs {
			if e, ok := (sheetOf{OrderFile: f}).last(procedure.Ref(s.Code + "." + n.Code)); ok {
				lines = append(lines, "", n.Name.ZH)
				lines = append(lines, sayings(n, e)...)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// TestSheetSaysWhatWasSigned: a text that is not what stands in the records cannot be signed; the sheet that is made holds the signed text whole.
func TestSheetSaysWhatWasSigned(t *testing.T) {
	h := openHouse(t)
	h.set(time.Date(2026, 11, 24, 1, 10, 0, 0, time.UTC))
	h.staffed()
	o := h.readyToSign()
	sign := func(client, shown string) actionAnswer {
		return h.send(actEvidence, o, client, map[string]any{
			"step": "work_order", "need": "signed", "kind": "confirmation", "via": "signature", "shown": shown, "body": map[string]string{"who": "孙丽", "shown": sum(shown)},
		}, portraitPNG(t))
	}
	right := h.shownFor(o.ID)
	for i, wrong := range []string{
		strings.Replace(right, "主板和硬盘正常", "主板正常", 1), strings.Replace(right, "12000.5", "12000", 1), strings.Replace(right, "每季检查一次电池", "", 1), "同意",
	} {
		if a := sign(fmt.Sprint("wrong", i), wrong); a.Outcome != records.ActionRefused || !strings.Contains(a.What, "签字的内容与现在的记录不同") {
			t.Errorf("signed all the same: %+v", a)
		}
	}
	if a := h.send(actSheet, o, "early", map[string]any{}, nil); a.Outcome != records.ActionRefused {
		t.Errorf("a sheet without signature: %+v", a)
	}
	if a := sign("right", right); a.Outcome != records.ActionDone {
		t.Fatalf("refused: %+v", a)
	}
	if a := sign("right", right); a.Outcome != records.ActionDone {
		t.Errorf("sent again: %+v", a)
	}
	if a := h.send(actSheet, o, "sheet", map[string]any{}, nil); a.Outcome != records.ActionDone {
		t.Fatalf("no sheet: %+v", a)
	}
	issued, err := h.store.IssuedOf(t.Context(), o.ID)
	must(t, err)
	_, file, err := h.store.OpenFile(t.Context(), issued[0].File)
	must(t, err)
	defer file.Close()
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", file.Name(), "-").Output()
	must(t, err)
	flat := func(s string) string { return strings.Join(strings.Fields(s), "") }
	printed := flat(string(out))
	if !strings.Contains(printed, flat(right)) {
		t.Errorf("the sheet does not hold what was signed, word for word:\n%s", out)
	}
	if !strings.Contains(printed, sum(right)) {
		t.Errorf("the hash of what was signed does not stand on the sheet:\n%s", out)
	}
	if !strings.Contains(printed, flat("江苏 南京市江宁区示例路 1 号 3 号楼")) {
		t.Errorf("the address does not stand on the sheet:\n%s", out)
	}
	before, _, _ := strings.Cut(printed, flat("附：客户签字时所见内容"))
	for _, said := range []string{"风扇也不转。", "主板和硬盘正常", "更换电源模块。", "PS-750", "没有稳压设备", "每季检查一次电池", "12000.5MB", "abcdef012345"} {
		if !strings.Contains(before, flat(said)) {
			t.Errorf("the sheet's own part does not say %q", said)
		}
	}
}

// TestCopyByMail: the engineer sends the copy from the visit page; what is kept is who got it where, not the address or the link's secret.
func TestCopyByMail(t *testing.T) {
	var post *mailing
	h := openHouse(t, func(o *Options) {
		post = &mailing{Records: o.Records}
		o.Records, o.Mail = post, true
	})
	h.set(time.Date(2026, 11, 24, 1, 10, 0, 0, time.UTC))
	h.staffed()
	o := h.readyToSign()
	mail := func(client, address string) actionAnswer {
		return h.send(actCopy, o, client, map[string]any{"step": "work_order", "need": "copy", "body": map[string]string{"how": "mail", "to": "孙丽", "mail": address}}, nil)
	}
	if a := mail("early", "sun@example.com"); a.Outcome != records.ActionRefused {
		t.Errorf("nothing to send: %+v", a)
	}
	_, err := h.store.IssueDocument(t.Context(), records.Actor{Login: "gao"}, records.Issued{Number: o.Number, Kind: "work_order", Hash: strings.Repeat("ab", 32), Order: o.ID}, "x.pdf", strings.NewReader("%PDF-1.7 x"))
	must(t, err)
	if a := mail("unknown", ""); a.Outcome != records.ActionRefused || !strings.Contains(a.What, "没有客户的邮件地址") {
		t.Errorf("to nobody: %+v", a)
	}
	if a := mail("m1", "sun@example.com"); a.Outcome != records.ActionDone || a.URL != "" {
		t.Fatalf("refused: %+v", a)
	}
	mail("m1", "sun@example.com") // the answer was lost
	if len(post.mails) != 1 || post.mails[0].Mail.Address != "sun@example.com" || !strings.HasPrefix(post.mails[0].Path, "/c/") || !strings.Contains(post.mails[0].Text.ZH, o.Number) {
		t.Fatalf("mailed: %+v", post.mails)
	}
	f, err := h.store.Order(t.Context(), o.ID)
	must(t, err)
	last := f.Evidence[len(f.Evidence)-1]
	if last.Need != "copy" || !strings.Contains(string(last.Body), `"how":"mail"`) || !strings.Contains(string(last.Body), "s***@example.com") || strings.Contains(string(last.Body), "sun@") {
		t.Errorf("what is kept: %s", last.Body)
	}
	l, _, err := h.store.OpenLink(t.Context(), strings.TrimPrefix(post.mails[0].Path, "/c/"), "")
	must(t, err)
	if l.Purpose != records.LinkDownload || l.Order != o.ID {
		t.Errorf("the link: %+v", l)
	}
}
