package orders

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/procedure"
)

// finished brings a remote service to its end, one step of it by a manager's override.
func (h *house) finished(call string) records.Order {
	h.t.Helper()
	o := h.order(call, records.KindRemote)
	f, err := h.store.Order(h.t.Context(), o.ID)
	h.must(err)
	for _, s := range f.Steps {
		h.pass(time.Minute)
		if s.Step.Code == "login" {
			_, err := h.store.OverrideStep(h.t.Context(), records.Actor{Login: "sue"}, o.ID, "login", "客户自己输入密码 <b>", 0)
			h.must(err)
			continue
		}
		h.give(o.ID, s.Step.Code)
	}
	o, err = h.store.FinishOrder(h.t.Context(), records.Actor{Login: "gao"}, o.ID, "驱动已重装", 0)
	h.must(err)
	return o
}

// TestBundle: the archive of a case is whole, and holds by the rules of its own README, without any code of ours.
func TestBundle(t *testing.T) {
	h := openHouse(t)
	h.store.Journal().Append(records.JournalEntry{Call: "c1", Kind: "arrived", Data: []byte(`{"number":"+8613800138000"}`)})
	h.store.Journal().Append(records.JournalEntry{Call: "c1", Kind: "answered", Agent: "anna"})
	o := h.finished("c1")
	_, err := h.store.AddAttachment(t.Context(), records.NewAttachment{Case: o.Case, By: "anna", Name: "截图.txt", Body: strings.NewReader("截图")})
	h.must(err)
	if status, _ := h.get("ben", "/cases/"+o.Case+"/bundle"); status != http.StatusForbidden {
		t.Errorf("a colleague exports: %d", status)
	}
	status, text := h.get("anna", "/cases/"+o.Case+"/bundle")
	if status != http.StatusOK {
		t.Fatalf("the owner: %d", status)
	}
	z, err := zip.NewReader(bytes.NewReader([]byte(text)), int64(len(text)))
	h.must(err)
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		h.must(err)
		files[strings.TrimPrefix(f.Name, o.Case+"/")], err = io.ReadAll(r)
		h.must(err)
	}
	var whole struct {
		ChainHead   string `json:"chain_head"`
		Files       []records.File
		Attachments []records.Attachment
		Orders      []json.RawMessage
	}
	h.must(json.Unmarshal(files["case.json"], &whole))
	if head := chain(t, files["evidence.jsonl"], "hotline-evidence/1", []string{
		"id", "chain", "seq", "order", "case", "step", "need", "kind", "actor", "role", "via", "body", "file", "sha256", "at", "device_at", "client", "prev",
	}); head != whole.ChainHead || head == "" {
		t.Errorf("the chain ends with %s, case.json says %s", head, whole.ChainHead)
	}
	chain(t, files["calls/c1.jsonl"], "hotline-journal/1", []string{"call", "seq", "at", "kind", "agent", "data", "prev"})
	sums := map[string]string{}
	for _, f := range whole.Files {
		sums["files/"+f.ID] = f.SHA256
	}
	for _, f := range whole.Attachments {
		sums["attachments/"+f.ID] = f.SHA256
	}
	seen := 0
	for name, body := range files {
		id, _, _ := strings.Cut(name, "-")
		if sum, ok := sums[id]; ok {
			seen++
			if got := sha256.Sum256(body); hex.EncodeToString(got[:]) != sum {
				t.Errorf("%s is not what case.json says", name)
			}
		}
	}
	if seen != len(sums) || seen < 4 || len(whole.Orders) != 1 {
		t.Errorf("%d of %d files, %d orders", seen, len(sums), len(whole.Orders))
	}
	if !strings.Contains(string(files["verification.json"]), `"holds": true`) || !strings.Contains(string(files["procedures/remote-v2.yaml"]), "procedure: remote") {
		t.Error("verification or procedure are missing")
	}
	pdf := filepath.Join(t.TempDir(), "case.pdf")
	h.must(os.WriteFile(pdf, files["case.pdf"], 0o600))
	read, err := exec.CommandContext(t.Context(), "pdftotext", "-raw", pdf, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext (poppler-utils) reads the PDF: %v", err)
	}
	for _, want := range []string{o.Case, "驱动已重装", "客户自己输入密码<b>", "约定时间内响应", "全部相符"} {
		if !strings.Contains(strings.Join(strings.Fields(string(read)), ""), want) {
			t.Errorf("the PDF does not say %q", want)
		}
	}
	audit, err := h.store.AuditLog(t.Context(), records.AuditFilter{Action: "case.bundle", Object: o.Case})
	h.must(err)
	if len(audit.Items) != 1 || audit.Items[0].By != "anna" {
		t.Errorf("the export is not in the audit log: %+v", audit.Items)
	}
}

// What the hotline noted when the service ended is read in the language of the page; what people wrote in it stays theirs.
func TestCaseNotesInBothLanguages(t *testing.T) {
	h := openHouse(t)
	o := h.finished("c1")
	_, err := h.store.AddNote(t.Context(), o.Case, "anna", "Rebooted while waiting for the engineer.")
	h.must(err)
	_, err = h.store.OverrideOwner(t.Context(), records.OwnerOverride{Case: o.Case, To: "ben", By: "sue", Reason: "took the call over: 客户要求"})
	h.must(err)
	for lang, want := range map[string][]string{
		"zh-Hans": {"远程服务已完成（gao）：" + o.Number + ": 驱动已重装", "anna → ben 接管了通话：客户要求"},
		"en":      {"remote service done by gao: " + o.Number + ": 驱动已重装", "anna → ben took the call over: 客户要求"},
	} {
		_, page := h.get("sue", "/cases/"+o.Case+"?lang="+lang)
		for _, part := range append(want, "Rebooted while waiting for the engineer.") {
			if !strings.Contains(page, part) {
				t.Errorf("the page in %s does not say %q", lang, part)
			}
		}
	}
}

// chain checks lines of JSON as the README says, and gives the hash of the last.
func chain(t *testing.T, lines []byte, version string, fields []string) string {
	t.Helper()
	prev := ""
	for n, text := range bytes.Split(bytes.TrimSpace(lines), []byte("\n")) {
		var link map[string]json.RawMessage
		if err := json.Unmarshal(text, &link); err != nil {
			t.Fatal(err)
		}
		h := sha256.New()
		fmt.Fprintln(h, version)
		for _, name := range fields {
			value := string(link[name])
			switch {
			case name == "body" || name == "data":
			case strings.HasSuffix(name, "at") && name != "data":
				var at time.Time
				if value != "" {
					if err := json.Unmarshal(link[name], &at); err != nil {
						t.Fatal(err)
					}
				}
				if value = "0"; !at.IsZero() {
					value = fmt.Sprint(at.UnixMicro())
				}
			case strings.HasPrefix(value, `"`):
				if err := json.Unmarshal(link[name], &value); err != nil {
					t.Fatal(err)
				}
			}
			fmt.Fprintf(h, "%d:%s\n", len(value), value)
		}
		var hash, before string
		if err := json.Unmarshal(link["hash"], &hash); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(link["prev"], &before); err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != hash || before != prev {
			t.Errorf("%s link %d: hash %s, computed %s; prev %s, want %s", version, n+1, hash, got, before, prev)
		}
		prev = hash
	}
	return prev
}

func TestQualityPage(t *testing.T) {
	h := openHouse(t)
	status, text := h.get("sue", "/quality")
	if status != http.StatusOK || !strings.Contains(text, "这段时间没有可统计的服务") {
		t.Errorf("the empty report: %d", status)
	}
	if status, _ := h.get("gao", "/quality"); status != http.StatusForbidden {
		t.Errorf("an engineer reads the report: %d", status)
	}
	o := h.finished("c1")
	_, text = h.get("sue", "/quality")
	for _, want := range []string{"约定时间内响应", "首问责任制", "邀请前沿专家学者授课", "100.0 %", "/quality/remote/response?"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not show %q", want)
		}
	}
	_, text = h.get("sue", "/quality/remote/response?verdict=proven")
	if !strings.Contains(text, o.Number) {
		t.Error("the list behind the number does not name the order")
	}
	_, text = h.get("sue", "/quality/hotline/solved_by_phone?"+url.Values{"verdict": {"waived"}}.Encode())
	if !strings.Contains(text, o.Case) {
		t.Error("the list behind the number does not name the case")
	}
	if status, _ = h.get("sue", "/quality/remote/nothing?verdict="+string(procedure.Proven)); status != http.StatusNotFound {
		t.Errorf("an unknown rule: %d", status)
	}
}

func TestCasePage(t *testing.T) {
	h := openHouse(t)
	o := h.finished("c1")
	status, text := h.get("anna", "/cases/"+o.Case)
	for _, want := range []string{"首问负责", "转远程服务", "调度受理", "开单", "驱动已重装", o.Number, "证据链完整", "客户自己输入密码 &lt;b&gt;"} {
		if !strings.Contains(text, want) {
			t.Errorf("the life of the case does not show %q (%d)", want, status)
		}
	}
	if way := `href="/orders/` + o.Number + `"`; !strings.Contains(text, way) {
		t.Error("the case does not lead its owner to the order")
	} else if _, text := h.get("ben", "/cases/"+o.Case); strings.Contains(text, way) || !strings.Contains(text, o.Number) {
		t.Error("the case leads an agent to an order that would not open, or does not name it")
	}
	if status, _ := h.get("gao", "/cases/"+o.Case); status != http.StatusForbidden {
		t.Errorf("an engineer reads cases: %d", status)
	}
	if status, _ := h.get("anna", "/cases/C-1"); status != http.StatusNotFound {
		t.Errorf("an unknown case: %d", status)
	}
}
