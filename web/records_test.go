package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/records"
)

type obj = map[string]any

func TestCasesAndTheirOwner(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var c records.Case
	h.do(t, "anna", "POST", "/api/v1/cases", obj{"subject": "ERP is slow", "caller": "13800138000", "severity": "high"}).want(http.StatusCreated, &c)
	if c.Owner != "anna" || c.Caller != number || c.State != records.CaseOpen {
		t.Fatalf("case %+v", c)
	}
	at := "/api/v1/cases/" + c.Number
	h.do(t, "dan", "POST", at+"/notes", obj{"text": "seen by dispatch"}).want(http.StatusCreated, nil)
	h.do(t, "anna", "PATCH", at, obj{"product": "ERP 9", "version": c.Version}).want(http.StatusOK, &c)
	h.do(t, "ben", "PATCH", at, obj{"product": "other", "version": 1}).problem(http.StatusConflict, "changed-meanwhile")

	var page records.Page[records.Case]
	h.do(t, "ben", "GET", "/api/v1/cases?open=true&owner=anna&text=slow", nil).want(http.StatusOK, &page)
	if len(page.Items) != 1 || page.Items[0].Caller != "+86138****8000" {
		t.Errorf("ben's list %+v", page.Items)
	}
	page = records.Page[records.Case]{}
	h.do(t, "anna", "GET", "/api/v1/cases", nil).want(http.StatusOK, &page)
	if len(page.Items) != 1 || page.Items[0].Caller != number {
		t.Errorf("anna's list %+v", page.Items)
	}
	var whole wholeCase
	h.do(t, "sue", "GET", at, nil).want(http.StatusOK, &whole)
	if whole.Caller != number || whole.Product != "ERP 9" || len(whole.Notes) != 1 || whole.Notes[0].By != "dan" || len(whole.History) != 1 {
		t.Errorf("whole case %+v", whole)
	}
	h.mustAudit(t, "sue", "case.number-read")

	// I2: the owner stays until the receiver accepts.
	h.do(t, "ben", "POST", at+"/handovers", obj{"kind": "agent", "name": "sue"}).problem(http.StatusForbidden, "not-owner")
	h.do(t, "anna", "POST", at+"/handovers", obj{"kind": "agent"}).problem(http.StatusUnprocessableEntity, "handover-invalid")
	var offer records.HandOver
	h.do(t, "anna", "POST", at+"/handovers", obj{"kind": "agent", "name": "ben", "note": "knows ERP", "minutes": 30}).want(http.StatusCreated, &offer)
	if offer.Expires.IsZero() {
		t.Error("the offer does not expire")
	}
	h.do(t, "all", "POST", "/api/v1/handovers/"+offer.ID+"/accept", nil).problem(http.StatusForbidden, "not-receiver")
	h.do(t, "all", "GET", at, nil).want(http.StatusOK, &whole)
	if whole.Owner != "anna" {
		t.Fatalf("owner %s before anybody accepted", whole.Owner)
	}
	for login, n := range map[string]int{"ben": 1, "anna": 1, "sue": 0} {
		var waiting struct{ Items []records.HandOver }
		h.do(t, login, "GET", "/api/v1/handovers", nil).want(http.StatusOK, &waiting)
		if len(waiting.Items) != n {
			t.Errorf("%s sees %d hand-overs, want %d", login, len(waiting.Items), n)
		}
	}
	var everybody struct{ Items []records.HandOver }
	h.do(t, "sue", "GET", "/api/v1/handovers?all=true", nil).want(http.StatusOK, &everybody)
	if len(everybody.Items) != 1 {
		t.Errorf("a supervisor sees %+v", everybody.Items)
	}
	h.do(t, "ben", "GET", "/api/v1/handovers?all=true", nil).problem(http.StatusForbidden, codeForbidden)
	h.do(t, "ben", "POST", "/api/v1/handovers/"+offer.ID+"/return", nil).want(http.StatusOK, &c)
	if c.Owner != "anna" {
		t.Errorf("declined, and the owner is %s", c.Owner)
	}
	h.do(t, "anna", "POST", at+"/handovers", obj{"kind": "queue", "name": "service"}).want(http.StatusCreated, &offer)
	h.do(t, "ben", "POST", "/api/v1/handovers/"+offer.ID+"/return", nil).problem(http.StatusForbidden, codeForbidden)
	h.do(t, "ben", "POST", "/api/v1/handovers/"+offer.ID+"/accept", nil).want(http.StatusOK, &c)
	if c.Owner != "ben" {
		t.Errorf("accepted, and the owner is %s", c.Owner)
	}
	h.do(t, "sue", "POST", at+"/owner", obj{"to": "anna"}).problem(http.StatusUnprocessableEntity, codeInvalid)
	h.do(t, "sue", "POST", at+"/owner", obj{"to": "anna", "reason": "ben is ill"}).want(http.StatusOK, &c)
	if c.Owner != "anna" {
		t.Errorf("overridden, and the owner is %s", c.Owner)
	}
	h.mustAudit(t, "sue", "case.override")
	h.do(t, "anna", "POST", at+"/wrapup", obj{"outcome": "solved", "solved": obj{"solution": "index", "confirmed": true}}).want(http.StatusOK, nil)
	h.do(t, "sue", "POST", at+"/owner", obj{"to": "ben", "reason": "too late"}).problem(http.StatusConflict, "ownership-state")
}

func TestPeopleAreRecognisedChosenAndVerified(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var customer records.Customer
	h.do(t, "anna", "POST", "/api/v1/customers", obj{"name": "华东一厂", "region": "华东", "vip": true}).problem(http.StatusForbidden, codeForbidden)
	h.do(t, "anna", "POST", "/api/v1/customers", obj{"name": "华东一厂", "region": "华东"}).want(http.StatusCreated, &customer)
	h.do(t, "anna", "PUT", "/api/v1/customers/"+customer.ID+"?version=1", obj{"name": "华东厂"}).problem(http.StatusForbidden, codeForbidden)
	h.do(t, "dan", "PUT", "/api/v1/customers/"+customer.ID+"?version=1", obj{"name": "华东一厂", "priority": 9}).problem(http.StatusForbidden, codeForbidden)
	h.do(t, "sue", "PUT", "/api/v1/customers/"+customer.ID+"?version=1", obj{"name": "华东一厂", "vip": true}).want(http.StatusOK, &customer)
	h.do(t, "dan", "PUT", "/api/v1/customers/"+customer.ID+"?version=2", obj{"name": "华东厂", "vip": true}).want(http.StatusOK, nil)
	h.do(t, "dan", "PUT", "/api/v1/customers/"+customer.ID+"?version=2", obj{"name": "x", "vip": true}).problem(http.StatusConflict, "changed-meanwhile")
	h.do(t, "dan", "PUT", "/api/v1/customers/"+customer.ID, obj{"name": "x", "vip": true}).problem(http.StatusUnprocessableEntity, codeInvalid)
	var found struct{ Items []records.Customer }
	h.do(t, "dan", "GET", "/api/v1/customers?name=%E5%8D%8E%E4%B8%9C", nil).want(http.StatusOK, &found)
	if len(found.Items) != 1 || !found.Items[0].VIP {
		t.Errorf("found %+v", found.Items)
	}

	ids := map[string]string{}
	for _, name := range []string{"王芳", "李强"} {
		var k records.Contact
		h.do(t, "anna", "POST", "/api/v1/contacts", obj{
			"name": name, "customer_id": customer.ID, "numbers": []obj{{"number": "138 0013 8000", "label": "mobile"}},
		}).want(http.StatusCreated, &k)
		ids[name] = k.ID
	}
	p := h.do(t, "anna", "POST", "/api/v1/contacts", obj{"name": "x", "numbers": []obj{{"number": "500&PJSIP/trunk/00"}}}).
		problem(http.StatusUnprocessableEntity, "contact-invalid")
	if len(p.Fields) != 1 || p.Fields[0].Name != "numbers" {
		t.Errorf("fields %+v", p.Fields)
	}
	h.do(t, "anna", "POST", "/api/v1/contacts/"+ids["王芳"]+"/chosen", obj{"number": number}).want(http.StatusNoContent, nil)
	var r records.Recognition
	h.do(t, "ben", "POST", "/api/v1/contacts/recognise", obj{"number": "13800138000"}).want(http.StatusOK, &r)
	if r.Kind != records.RecognisedCandidates || len(r.Contacts) != 2 || r.Contacts[0].ID != ids["王芳"] {
		t.Errorf("recognised %+v", r)
	}
	at := "/api/v1/contacts/" + ids["王芳"]
	h.do(t, "anna", "POST", at+"/verifications", obj{"how": "agreement number"}).want(http.StatusCreated, nil)
	var how struct{ Items []records.Verification }
	h.do(t, "anna", "GET", at+"/verifications", nil).want(http.StatusOK, &how)
	if len(how.Items) != 1 || how.Items[0].By != "anna" {
		t.Errorf("verified %+v", how.Items)
	}
	var k records.Contact
	h.do(t, "dan", "GET", at, nil).want(http.StatusOK, &k)
	// As on the pages: without an open case of theirs an agent changes nobody, and with one leaves them with their customer.
	same := obj{"name": "王芳芳", "customer_id": customer.ID}
	put := func() string { return fmt.Sprintf("%s?version=%d", at, k.Version) }
	h.do(t, "anna", "PUT", put(), same).problem(http.StatusForbidden, codeForbidden)
	h.do(t, "dan", "PUT", put(), obj{"name": "王芳", "customer_id": customer.ID, "email": "wang@example.com"}).want(http.StatusOK, &k)
	h.do(t, "anna", "POST", "/api/v1/cases", obj{"subject": "报表打不开", "contact_id": k.ID}).want(http.StatusCreated, nil)
	h.do(t, "anna", "PUT", put(), same).want(http.StatusOK, &k)
	if k.Name != "王芳芳" || k.CustomerID != customer.ID {
		t.Errorf("contact %+v", k)
	}
	h.do(t, "anna", "PUT", put(), obj{"name": "王芳芳"}).problem(http.StatusForbidden, codeForbidden)
	h.do(t, "ben", "PUT", put(), same).problem(http.StatusForbidden, codeForbidden)
	h.do(t, "sue", "PUT", put(), obj{"name": "王芳芳"}).want(http.StatusOK, &k)
	h.do(t, "ben", "PUT", put(), obj{"name": "王方"}).problem(http.StatusForbidden, codeForbidden)
	h.do(t, "anna", "PUT", put(), obj{"name": "王方"}).want(http.StatusOK, &k)
	h.do(t, "anna", "PUT", put(), same).problem(http.StatusForbidden, codeForbidden)
	h.do(t, "dan", "PUT", put(), same).want(http.StatusOK, nil)
	h.do(t, "anna", "GET", "/api/v1/contacts/nobody", nil).problem(http.StatusNotFound, "contact-not-found")
	var all struct{ Items []records.Contact }
	h.do(t, "anna", "GET", "/api/v1/customers/"+customer.ID+"/contacts", nil).want(http.StatusOK, &all)
	if len(all.Items) != 2 {
		t.Errorf("contacts %+v", all.Items)
	}
}

// escalated raises an escalation and gives its id.
func (h *house) escalated(t testing.TB, call, caller string) string {
	t.Helper()
	h.answered(t, call, "anna", caller)
	out, err := h.store.WrapUp(t.Context(), records.WrapUpInput{Call: call, By: "anna", Outcome: "onsite", Escalation: &records.EscalationFacts{
		Situation: "smoke", Contact: records.EscalatedTo{Name: "王芳", Number: caller, Confirmed: true},
		Told: records.ToldToCustomer{Means: "visit", At: time.Now().Add(time.Hour), Procedure: "we come"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return out.Escalation
}

func TestEscalationFeed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var f feed
	h.do(t, "dan", "GET", "/api/v1/escalations", nil).want(http.StatusOK, &f)
	if f.Items == nil || len(f.Items) != 0 || f.Next != 0 {
		t.Errorf("an empty feed is %+v", f)
	}
	// A long poll answers when something comes.
	waiting := make(chan *reply, 1)
	go func() { waiting <- h.do(t, "dan", "GET", "/api/v1/escalations?after=0&wait=60", nil) }()
	first := h.escalated(t, "a-1", "+8613800138001")
	f = feed{}
	(<-waiting).want(http.StatusOK, &f)
	if len(f.Items) != 1 || f.Items[0].Change != "opened" || f.Items[0].Escalation.ID != first || f.Next != 1 {
		t.Fatalf("the long poll gave %+v", f)
	}
	second := h.escalated(t, "a-2", "+8613800138002")
	at := "/api/v1/escalations/"
	var e records.Escalation
	h.do(t, "dan", "POST", at+first+"/accept", obj{}).want(http.StatusOK, &e)
	if e.AcceptedBy != "dan" {
		t.Errorf("accepted by %+v", e)
	}
	h.do(t, "sue", "POST", at+first+"/accept", obj{"version": 1}).problem(http.StatusConflict, "changed-meanwhile")
	h.do(t, "dan", "POST", at+first+"/done", obj{}).problem(http.StatusUnprocessableEntity, codeInvalid)
	h.do(t, "dan", "POST", at+first+"/done", obj{"result": "fuse replaced"}).want(http.StatusOK, &e)
	h.do(t, "dan", "POST", at+second+"/decline", obj{"reason": "not our region"}).want(http.StatusOK, &e)
	h.do(t, "dan", "POST", at+"nothing/accept", obj{}).problem(http.StatusNotFound, "escalation-not-found")

	// Read in pages, the feed is whole and in order.
	var changes []string
	for after := int64(0); ; {
		f = feed{}
		h.do(t, "dan", "GET", fmt.Sprintf("/api/v1/escalations?after=%d&limit=2", after), nil).want(http.StatusOK, &f)
		for _, i := range f.Items {
			if i.Seq != int64(len(changes))+1 {
				t.Errorf("entry %d comes as number %d", i.Seq, len(changes)+1)
			}
			changes = append(changes, i.Change)
		}
		if after = f.Next; len(f.Items) == 0 {
			break
		}
	}
	if got := strings.Join(changes, " "); got != "opened opened accepted done declined" {
		t.Errorf("the feed says %s", got)
	}
	var page records.Page[records.Escalation]
	h.do(t, "dan", "GET", at+"list?state=done", nil).want(http.StatusOK, &page)
	if len(page.Items) != 1 || page.Items[0].ID != first {
		t.Errorf("list %+v", page.Items)
	}
	// The owner's and manager's side: notice of the refusal.
	var notices records.Page[records.Notice]
	h.do(t, "sue", "GET", "/api/v1/notices?unseen=true", nil).want(http.StatusOK, &notices)
	if len(notices.Items) != 1 || notices.Items[0].Kind != records.NoticeDeclined {
		t.Fatalf("notices %+v", notices.Items)
	}
	for lang, want := range map[string]string{"en": " declined the ", "zh-CN": " 退回了 "} { // as the page of service managers shows it
		var read records.Page[records.Notice]
		h.ask(t, "sue", "GET", "/api/v1/notices?unseen=true", "", lang, "").want(http.StatusOK, &read)
		if len(read.Items) != 1 || !strings.Contains(read.Items[0].Detail, want) {
			t.Errorf("in %s: %+v", lang, read.Items)
		}
	}
	h.do(t, "sue", "POST", "/api/v1/notices/"+notices.Items[0].ID+"/seen", nil).want(http.StatusOK, nil)
	notices = records.Page[records.Notice]{}
	h.do(t, "sue", "GET", "/api/v1/notices?unseen=true", nil).want(http.StatusOK, &notices)
	if len(notices.Items) != 0 {
		t.Errorf("still unseen: %+v", notices.Items)
	}
}

func TestLongPollEndsWhenTheNodeDrains(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	waiting := make(chan *reply, 1)
	go func() { waiting <- h.do(t, "dan", "GET", "/api/v1/escalations?wait=60", nil) }()
	h.site.Drain()
	var f feed
	(<-waiting).want(http.StatusOK, &f)
	if len(f.Items) != 0 || f.Next != 0 {
		t.Errorf("feed %+v", f)
	}
}

func TestCallbacks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var c records.CallbackRequest
	h.do(t, "anna", "POST", "/api/v1/callbacks", obj{"number": "x!"}).problem(http.StatusUnprocessableEntity, "callback-number")
	h.do(t, "anna", "POST", "/api/v1/callbacks", obj{"number": number, "queue": "service"}).want(http.StatusCreated, &c)
	var page records.Page[records.CallbackRequest]
	h.do(t, "ben", "GET", "/api/v1/callbacks?state=open", nil).want(http.StatusOK, &page)
	if len(page.Items) != 1 || page.Items[0].Number != "+86138****8000" {
		t.Errorf("ben sees %+v", page.Items)
	}
	at := "/api/v1/callbacks/" + c.ID
	h.do(t, "ben", "POST", at+"/take", obj{"version": c.Version}).want(http.StatusOK, &c)
	if c.Number != number || c.Login != "ben" {
		t.Errorf("taken %+v", c)
	}
	h.do(t, "ben", "POST", at+"/drop", obj{"result": "no answer"}).want(http.StatusOK, &c)
	h.do(t, "anna", "POST", at+"/take", obj{}).want(http.StatusOK, &c)
	h.do(t, "anna", "POST", at+"/done", obj{"result": "helped"}).want(http.StatusOK, &c)
	h.do(t, "anna", "POST", at+"/cancel", obj{}).problem(http.StatusConflict, "callback-state")
	h.do(t, "anna", "POST", "/api/v1/callbacks/none/take", obj{}).problem(http.StatusNotFound, "callback-not-found")
}
