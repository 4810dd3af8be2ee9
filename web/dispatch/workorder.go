package dispatch

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"hotline/records"
	"hotline/records/document"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// makeSheet makes the 《客服维护工作单》 from what the order holds, with the signature that was given on the engineer's device, enters it
// into the register, and adds it as evidence.
func (d *Dispatch) makeSheet(ctx context.Context, v ui.Visitor, a records.VisitAction) error {
	f, err := d.opt.Records.Order(ctx, a.Order)
	if err != nil {
		return err
	}
	s := sheetOf{OrderFile: f, lang: langOf(v), zone: v.Zone, product: d.titleOf(d.opt.Products, f.Order.Product, v.Lang), centre: d.titleOf(d.opt.Centres, f.Order.Centre, v.Lang)}
	if s.customer, err = d.customerOf(ctx, f.Order); err != nil {
		return err
	}
	m, err := s.workOrder(func(file string) ([]byte, error) { return d.readFile(ctx, file) })
	if err != nil {
		return err
	}
	if len(m.Signatures) == 0 {
		return refuse("not_signed", "Have the customer sign first.", "The work order is not signed.")
	}
	m.Issued = d.opt.Now()
	o := document.Options{Lang: "zh-Hans", Company: d.opt.Company, Hotline: d.opt.Hotline, Verify: d.opt.PublicURL + "/verify/" + f.Order.Number, Zone: v.Zone}
	if v.Lang == ui.English {
		o.Lang = "en"
	}
	report := m.Report(o)
	var pdf bytes.Buffer
	if err := report.PDF(&pdf, o); err != nil {
		return fmt.Errorf("work order: %w", err)
	}
	by := records.Actor{Login: v.Login}
	issued, err := d.opt.Records.IssueDocument(ctx, by, records.Issued{Number: f.Order.Number, Kind: "work_order", Hash: report.Hash(), Order: f.Order.ID},
		"work-order-"+f.Order.Number+".pdf", &pdf)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]string{"template": "work_order", "text": issued.Number, "hash": issued.Hash})
	if err != nil {
		return err
	}
	for _, step := range f.Definition.Steps {
		for _, n := range step.Needs {
			if n.Kind == procedure.Document && n.Document == "work_order" {
				_, err := d.opt.Records.AddEvidence(ctx, by, records.EvidenceInput{
					Order: f.Order.ID, Step: step.Code, Need: n.Code, Kind: procedure.Document, Body: body, File: issued.File, DeviceAt: a.DeviceAt, Client: a.Client,
				})
				return err
			}
		}
	}
	return refuse("no_sheet", "Look at what the step asks for.", "This kind of order has no work order.")
}

func (d *Dispatch) readFile(ctx context.Context, id string) ([]byte, error) {
	_, file, err := d.opt.Records.OpenFile(ctx, id)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

func (d *Dispatch) customerOf(ctx context.Context, o records.Order) (records.Customer, error) {
	if o.CustomerID == "" {
		return records.Customer{}, nil
	}
	return d.opt.Records.Customer(ctx, o.CustomerID)
}

// sheetOf reads an order's file into the fields of the work order.
type sheetOf struct {
	records.OrderFile
	customer        records.Customer
	product, centre string
	lang            string
	zone            *time.Location
}

func (s sheetOf) say(zh, en string) string {
	if s.lang == "en" {
		return en
	}
	return zh
}

// last is the newest piece for a need.
func (s sheetOf) last(ref procedure.Ref) (records.Evidence, bool) {
	step, need, _ := strings.Cut(string(ref), ".")
	for i := len(s.Evidence) - 1; i >= 0; i-- {
		if e := s.Evidence[i]; e.Step == step && e.Need == need {
			return e, true
		}
	}
	return records.Evidence{}, false
}

func (s sheetOf) text(ref procedure.Ref) string {
	e, ok := s.last(ref)
	if !ok {
		return ""
	}
	return bodyOf(e).Text
}

func bodyOf(e records.Evidence) procedure.Body {
	var b procedure.Body
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return procedure.Body{}
	}
	return b
}

func planOf(f records.OrderFile) string { return sheetOf{OrderFile: f}.text("proposal.plan") }

// agreed says who confirmed something, when, and how.
func (s sheetOf) agreed(ref procedure.Ref) string {
	e, ok := s.last(ref)
	if !ok {
		return ""
	}
	b := bodyOf(e)
	if e.Kind == procedure.Waiver {
		return b.Who + s.say(" 放弃：", " did without: ") + b.Reason + " " + s.at(e)
	}
	return strings.TrimSpace(cmp.Or(b.Who, e.Actor) + " · " + procedure.ViaNames([]string{e.Via}).In(s.lang) + " · " + s.at(e))
}

func (s sheetOf) at(e records.Evidence) string {
	when := e.At
	if !e.DeviceAt.IsZero() {
		when = e.DeviceAt
	}
	return when.In(s.zone).Format("2006-01-02 15:04")
}

func (s sheetOf) workOrder(read func(file string) ([]byte, error)) (document.WorkOrder, error) {
	o := s.Order
	m := document.WorkOrder{
		Job: document.Job{
			Number: o.Number, Case: o.Case, Customer: cmp.Or(o.CustomerName, o.ContactName), Contact: o.ContactName, Phone: o.ContactNumber, Address: o.Place(),
			Centre: s.centre, Agreement: s.customer.Agreement, Product: s.product, Subject: o.Subject, Engineer: cmp.Or(o.EngineerName, o.Engineer),
			Manager: o.Manager, PromisedFrom: o.PromisedFrom, PromisedTo: o.PromisedTo,
		},
		Copy: s.say("用户联", "Customer's copy"), Identity: s.agreed("identity.confirmed"), Problem: cmp.Or(s.text("identity.problem"), o.Situation),
		Backup: s.backup(), Diagnosis: s.text("diagnosis.diagnosis"), Plan: s.text("proposal.plan"), Consent: s.agreed("proposal.consent"),
		Work: s.text("check.work"), Result: s.agreed("solved.solved"),
		Prevention: strings.TrimSpace(s.text("prevention.analysis") + "\n" + s.text("prevention.advice")),
	}
	if m.Result != "" {
		m.Result = s.say("客户确认问题已解决：", "The customer confirmed that it is solved: ") + m.Result
	}
	if e, ok := s.last("arrival.arrived"); ok {
		var arrived struct {
			At time.Time `json:"at"`
		}
		if json.Unmarshal(e.Body, &arrived) == nil {
			m.Begun = arrived.At
		}
	}
	s.checks(&m)
	s.steps(&m)
	for _, e := range s.Evidence {
		if e.Kind != procedure.Photo || e.File == "" {
			continue
		}
		image, err := read(e.File)
		if err != nil {
			return m, err
		}
		m.Photos = append(m.Photos, document.Photo{Image: image, Caption: s.stepName(e.Step) + " " + s.at(e)})
	}
	if e, ok := s.last("work_order.signed"); ok && e.Via == procedure.ViaSignature {
		image, err := read(e.File)
		if err != nil {
			return m, err
		}
		b := bodyOf(e)
		m.Signed, m.Ended = b.Text, e.At
		if !e.DeviceAt.IsZero() {
			m.Ended = e.DeviceAt
		}
		m.Signatures = append(m.Signatures, document.Signature{
			Role: s.say("客户签字", "Customer"), Name: b.Who, Image: image, At: m.Ended, Bound: b.Shown, Via: s.say("在工程师设备上签字", "signed on the engineer's device"),
		}, document.Signature{Role: s.say("服务工程师", "Engineer"), Name: m.Engineer, At: m.Ended, Via: s.say("登录身份 ", "signed in as ") + o.Engineer})
	}
	return m, nil
}

func (s sheetOf) backup() string {
	e, ok := s.last("backup.backup")
	if !ok {
		return ""
	}
	if e.Kind == procedure.Waiver {
		return s.agreed("backup.backup")
	}
	var b struct {
		Size     float64 `json:"size"`
		SHA256   string  `json:"sha256"`
		Place    string  `json:"place"`
		Restored bool    `json:"restored"`
	}
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return ""
	}
	tested := s.say("未做恢复测试", "restore not tested")
	if b.Restored {
		tested = s.say("已做恢复测试", "restore tested")
	}
	text := fmt.Sprintf("%g MB · %s · %s\nSHA-256 %s", b.Size, b.Place, tested, b.SHA256)
	if who := s.agreed("backup.permission"); who != "" {
		text += "\n" + s.say("客户许可：", "Permitted by: ") + who
	}
	return text
}

func (s sheetOf) checks(m *document.WorkOrder) {
	e, ok := s.last("check.checklist")
	if !ok {
		return
	}
	var b struct {
		Results []struct {
			Name string `json:"name"`
			Mark string `json:"mark"` // ok, fault, none
			Note string `json:"note"`
		} `json:"results"`
	}
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return
	}
	marks := map[string]document.Mark{"ok": document.Yes, "fault": document.No, "none": document.None}
	for _, r := range b.Results {
		m.Checks = append(m.Checks, document.Check{Text: r.Name, Mark: marks[r.Mark], Note: r.Note})
	}
}

func (s sheetOf) steps(m *document.WorkOrder) {
	for _, step := range s.Steps {
		if step.Settled == nil {
			continue
		}
		line := document.Step{Name: step.Step.Name.In(s.lang), Who: step.Settled.By, At: step.Settled.At}
		var proofs []string
		for _, e := range s.Evidence {
			if e.Step == step.Step.Code && e.Need != "" {
				proofs = append(proofs, e.Kind.Name().In(s.lang))
			}
		}
		line.Evidence = strings.Join(proofs, s.say("、", ", "))
		if step.Settled.Reason != "" {
			line.Remark = step.Settled.Reason + " (" + step.Settled.By + ")"
		}
		m.Steps = append(m.Steps, line)
	}
}

func (s sheetOf) stepName(code string) string {
	if step, ok := s.Definition.Step(code); ok {
		return step.Name.In(s.lang)
	}
	return code
}
