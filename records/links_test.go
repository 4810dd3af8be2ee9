package records_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/linktoken"
)

// code gives the stable code of a refusal.
func code(err error) string {
	var p *records.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// linked is a store with a running order and a link for it.
func linked(t *testing.T, open opener, in records.NewLink) (*records.Store, *clock, records.Link, string) {
	t.Helper()
	c := newClock()
	s := open(t).open(t, withProcedures(t, c))
	staff(t, s)
	engineers(t, s)
	o := orderOf(t, s, c, "c1", records.KindRemote)
	in.Order = o.Number
	in.Number = "138 0013 8000"
	l, token, err := s.NewLink(t.Context(), as("gao"), in)
	must(t, err)
	return s, c, l, token
}

func testLinks(t *testing.T, open opener) {
	ctx := t.Context()
	s, c, l, token := linked(t, open, records.NewLink{Purpose: records.LinkConfirm, Step: "solved", Need: "solved", Uses: 1, Name: "孙丽"})
	if len(token) != 48 || l.Case == "" || l.MadeBy != "gao" {
		t.Errorf("token of %d characters, link %+v", len(token), l)
	}
	raw, err := json.Marshal(l)
	must(t, err)
	if strings.Contains(string(raw), "8000") || strings.Contains(string(raw), token) {
		t.Errorf("a link tells too much: %s", raw)
	}
	_, _, err = s.OpenLink(ctx, "nonsense", "")
	refused(t, err, records.ErrNotFound)
	_, bound, err := s.OpenLink(ctx, token, "")
	must(t, err)
	equal(t, "bound by looking", bound, false)
	_, err = s.UseLink(ctx, token, "", 0, "")
	refused(t, err, records.ErrForbidden)

	_, _, err = s.BindLink(ctx, token, "1234")
	refused(t, err, records.ErrCredentials)
	_, device, err := s.BindLink(ctx, token, " 8000 ")
	must(t, err)
	_, bound, err = s.OpenLink(ctx, token, device)
	must(t, err)
	equal(t, "bound", bound, true)

	// Forwarded: another device, with or without a secret of its own, and although it knows the digits.
	_, _, err = s.OpenLink(ctx, token, "")
	refused(t, err, records.ErrForbidden)
	_, _, err = s.BindLink(ctx, token, "8000")
	refused(t, err, records.ErrForbidden)
	_, err = s.UseLink(ctx, token, "another", 0, "")
	refused(t, err, records.ErrForbidden)

	used := get[records.Link](t)(s.UseLink(ctx, token, device, 0, "agreed"))
	equal(t, "used", used.Used, 1)
	// The same press again is the same use; a replay is none.
	equal(t, "pressed twice", get[records.Link](t)(s.UseLink(ctx, token, device, 0, "agreed")).Used, 1)
	_, err = s.UseLink(ctx, token, device, 1, "again")
	equal(t, "replayed", code(err), "link_used")
	shown, bound, err := s.OpenLink(ctx, token, device)
	equal(t, "after use", code(err), "link_used")
	if !bound || shown.UsedAt.IsZero() {
		t.Error("the device that answered is not told when it did")
	}
	if l, _, err := s.OpenLink(ctx, token, ""); err == nil || l.ID != "" {
		t.Error("a stranger is told of a used link")
	}
	var what []string
	for _, e := range get[[]records.LinkEvent](t)(s.LinkEvents(ctx, l.ID)) {
		what = append(what, e.What)
	}
	equal(t, "events", strings.Join(what, " "), "made digits opened elsewhere used")
	page := get[records.Page[records.Link]](t)(s.Links(ctx, records.LinkFilter{Order: l.Order}))
	equal(t, "listed", len(page.Items), 1)

	// Ends.
	_, again, err := s.NewLink(ctx, as("gao"), records.NewLink{Purpose: records.LinkSurvey, Name: "孙丽", Until: c.now().Add(time.Hour)})
	must(t, err)
	c.advance(time.Hour)
	_, _, err = s.OpenLink(ctx, again, "")
	equal(t, "ended", code(err), "link_ended")
	third, token3, err := s.NewLink(ctx, as("gao"), records.NewLink{Purpose: records.LinkSurvey, Name: "孙丽"})
	must(t, err)
	equal(t, "no number, no digits", third.AsksDigits(), false)
	get[records.Link](t)(s.RevokeLink(ctx, as("chen"), third.ID))
	_, _, err = s.BindLink(ctx, token3, "")
	equal(t, "revoked", code(err), "link_revoked")
	_, _, err = s.NewLink(ctx, records.Actor{Customer: "孙丽", Via: "link"}, records.NewLink{Purpose: records.LinkSurvey, Name: "x"})
	refused(t, err, records.ErrForbidden)
	_, _, err = s.NewLink(ctx, as("gao"), records.NewLink{Purpose: "everything", Name: "x"})
	refused(t, err, records.ErrInvalid)
	_, _, err = s.NewLink(ctx, as("gao"), records.NewLink{Purpose: records.LinkSign, Name: "x"})
	refused(t, err, records.ErrInvalid)
}

// testLinkSigned: what another key signed is refused although its row is there, and so is a true signature without a row, or with that of
// another purpose.
func testLinkSigned(t *testing.T, open opener) {
	ctx, c, db := t.Context(), newClock(), open(t)
	ring := func(name string) *linktoken.Ring { return linktoken.File(filepath.Join(t.TempDir(), name)) }
	ours, theirs := ring("ours.key"), ring("theirs.key")
	s := db.open(t, c.set, func(o *records.Options) { o.Links = ours })
	stranger := db.open(t, c.set, func(o *records.Options) { o.Links = theirs })
	staff(t, s)
	engineers(t, s)
	l, token, err := s.NewLink(ctx, as("gao"), records.NewLink{Purpose: records.LinkSurvey, Name: "孙丽"})
	must(t, err)
	_, foreign, err := stranger.NewLink(ctx, as("gao"), records.NewLink{Purpose: records.LinkSurvey, Name: "孙丽"})
	must(t, err)
	orphan := get[string](t)(ours.Sign(records.LinkSurvey, c.now().Add(time.Hour)))
	for name, bad := range map[string]string{"forged": foreign, "without a row": orphan, "altered": "B" + token[1:], "unsigned": strings.Repeat("A", 52)} {
		_, _, err := s.OpenLink(ctx, bad, "")
		equal(t, name, code(err), "link_unknown")
		_, _, err = s.BindLink(ctx, bad, "")
		equal(t, name+", bound", code(err), "link_unknown")
		_, err = s.UseLink(ctx, bad, "", 0, "")
		equal(t, name+", used", code(err), "link_unknown")
		_, _, _, err = s.ReadLink(ctx, bad, "")
		equal(t, name+", read", code(err), "link_unknown")
	}
	opened, _, err := s.OpenLink(ctx, token, "")
	must(t, err)
	equal(t, "opened", opened.ID, l.ID)
	c.advance(8 * 24 * time.Hour)
	_, _, err = s.OpenLink(ctx, token, "")
	equal(t, "ended", code(err), "link_ended")
}

// testLinkGuessed: five wrong answers lock the link for a quarter of an hour, fifteen end it; the right ones are refused meanwhile.
func testLinkGuessed(t *testing.T, open opener) {
	ctx := t.Context()
	s, c, _, token := linked(t, open, records.NewLink{Purpose: records.LinkConfirm, Uses: 1, Name: "孙丽"})
	var codes []string
	for range 3 {
		for range 5 {
			_, _, err := s.BindLink(ctx, token, "0000")
			codes = append(codes, code(err))
		}
		_, _, err := s.BindLink(ctx, token, "8000")
		codes = append(codes, code(err))
		c.advance(16 * time.Minute)
	}
	round := "link_digits link_digits link_digits link_digits link_locked link_locked"
	equal(t, "answers", strings.Join(codes, " "), round+" "+round+" link_digits link_digits link_digits link_digits link_revoked link_revoked")
	_, _, err := s.BindLink(ctx, token, "8000")
	equal(t, "for good", code(err), "link_revoked")
}

// testLinkRace: of many devices one gets the link, of many presses one counts.
func testLinkRace(t *testing.T, open opener) {
	ctx := t.Context()
	s, _, _, token := linked(t, open, records.NewLink{Purpose: records.LinkConfirm, Uses: 1, Name: "孙丽"})
	var mu sync.Mutex
	var devices []string
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, device, err := s.BindLink(ctx, token, "8000"); err == nil {
				mu.Lock()
				devices = append(devices, device)
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if len(devices) != 1 {
		t.Fatalf("%d devices got the link", len(devices))
	}
	for range 8 {
		group.Go(func() {
			if l, err := s.UseLink(ctx, token, devices[0], 0, ""); err != nil || l.Used != 1 {
				t.Errorf("a repeated press: %v, used %d", err, l.Used)
			}
		})
	}
	group.Wait()
}

// testIssued: delivery of a document by link, with its proof, and the check of the code on its paper.
func testIssued(t *testing.T, open opener) {
	ctx := t.Context()
	s, c, l, _ := linked(t, open, records.NewLink{Purpose: records.LinkConfirm, Name: "孙丽"})
	hash := strings.Repeat("ab", 32)
	doc := records.Issued{Number: "S-1", Kind: "remote_report", Hash: hash, Order: l.Order}
	first := get[records.Issued](t)(s.IssueDocument(ctx, as("gao"), doc, "report.pdf", strings.NewReader("%PDF-1.7 one")))
	equal(t, "issued once", get[records.Issued](t)(s.IssueDocument(ctx, as("gao"), doc, "report.pdf", strings.NewReader("%PDF-1.7 one"))).ID, first.ID)
	equal(t, "listed", len(get[[]records.Issued](t)(s.IssuedOf(ctx, l.Order))), 1)

	_, token, err := s.NewLink(ctx, as("gao"), records.NewLink{Purpose: records.LinkDownload, Order: l.Order, File: first.File})
	must(t, err)
	_, _, _, err = s.ReadLink(ctx, token, "")
	refused(t, err, records.ErrForbidden)
	o := get[records.OrderFile](t)(s.Order(ctx, l.Order)).Order
	_, device, err := s.BindLink(ctx, token, o.ContactNumber)
	must(t, err)
	read, file, body, err := s.ReadLink(ctx, token, device)
	must(t, err)
	text, err := io.ReadAll(body)
	must(t, errors.Join(err, body.Close()))
	equal(t, "bytes", string(text), "%PDF-1.7 one")
	equal(t, "hash", file.SHA256, first.SHA256)
	if read.ShownAt.IsZero() {
		t.Error("it is not recorded that the document was read")
	}
	events := get[[]records.LinkEvent](t)(s.LinkEvents(ctx, read.ID))
	equal(t, "proof", events[len(events)-1].What+" "+events[len(events)-1].Detail, "shown "+first.SHA256)

	check := func(number, hash string) records.Genuine {
		return get[records.Genuine](t)(s.VerifyIssued(ctx, number, hash))
	}
	if v := check("S-1", hash[:16]); !v.Known || !v.Latest || v.Kind != "remote_report" {
		t.Errorf("a true code: %+v", v)
	}
	for _, wrong := range []string{"", "ab", hash[:15], strings.Repeat("cd", 8), hash + "00", "%"} {
		if v := check("S-1", wrong); v.Known {
			t.Errorf("%q is known: %+v", wrong, v)
		}
	}
	equal(t, "another number", check("S-2", hash).Known, false)
	c.advance(time.Minute)
	doc.Hash = strings.Repeat("cd", 32)
	get[records.Issued](t)(s.IssueDocument(ctx, as("gao"), doc, "report.pdf", strings.NewReader("%PDF-1.7 two")))
	equal(t, "replaced", check("S-1", hash[:16]).Latest, false)
	equal(t, "latest", check("S-1", doc.Hash[:16]).Latest, true)
}

// TestTokensAreNotKept searches the whole database, its write-ahead log included, for the secrets of a link.
func TestTokensAreNotKept(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	s := openAt(t, filepath.Join(dir, "hotline.db"))
	_, token, err := s.NewLink(ctx, records.Actor{}, records.NewLink{Purpose: records.LinkSurvey, Name: "孙丽", Number: "13800138000"})
	must(t, err)
	_, device, err := s.BindLink(ctx, token, "8000")
	must(t, err)
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		must(t, err)
		for _, secret := range []string{token, device} {
			if strings.Contains(string(data), secret) {
				t.Errorf("%s holds a secret of a link", f.Name())
			}
		}
	}
}
