package orders

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// steps draws the procedure: every step readable, the ready ones open, the locked ones with their reason.
func (p *Pages) steps(r *http.Request, page *orderPage, f records.OrderFile) error {
	v := ui.VisitorOf(r.Context())
	files := map[string]records.File{}
	for _, x := range f.Files {
		files[x.ID] = x
	}
	for i, s := range f.Steps {
		view := stepView{
			Number: i + 1, Code: s.Step.Code, Name: s.Step.Name.In(v.Lang), Hint: s.Step.Hint.In(v.Lang), State: string(s.State),
			StateName: p.opt.Pages.Say(v.Lang, "orders.step."+string(s.State)), By: procedure.PartNames(s.Step.By).In(v.Lang), Optional: s.Step.Optional,
			Waivable: len(s.Step.Waive) > 0, Overridden: s.State == procedure.StepState(procedure.Overridden),
		}
		view.Open = s.State == procedure.Ready && !page.Ended
		if s.Settled != nil {
			view.Who, view.At, view.Reason = page.called(s.Settled.By), s.Settled.At, s.Settled.Reason
			view.Overridden = view.Overridden || s.Settled.Was == procedure.Overridden
		}
		if page.Trouble != nil && page.Trouble.Step == view.Code {
			view.Trouble, view.Open = page.Trouble, true
		}
		for _, x := range s.Missing {
			view.Missing = append(view.Missing, x.What.In(v.Lang))
		}
		for j, c := range f.Clocks {
			if c.Clock == s.Step.Clock {
				view.Clock = &page.Clocks[j]
			}
		}
		for _, n := range s.Needs {
			need, err := p.need(r, f, s.Step, n, files, page.May.Work && s.State == procedure.Ready)
			if err != nil {
				return err
			}
			view.Needs = append(view.Needs, need)
		}
		for _, e := range f.Evidence {
			asked := slices.ContainsFunc(s.Needs, func(n records.NeedFile) bool { return n.Need.Code == e.Need })
			if e.Step == view.Code && !asked {
				view.More = append(view.More, p.evidence(v, f, procedure.Need{}, e, files))
			}
		}
		for i := range view.Needs {
			for j := range view.Needs[i].Evidence {
				view.Needs[i].Evidence[j].Who = page.called(view.Needs[i].Evidence[j].Who)
			}
		}
		for i := range view.More {
			view.More[i].Who = page.called(view.More[i].Who)
		}
		page.Steps = append(page.Steps, view)
	}
	return nil
}

func (p *Pages) need(r *http.Request, f records.OrderFile, s procedure.Step, n records.NeedFile, files map[string]records.File, live bool) (needView, error) {
	v := ui.VisitorOf(r.Context())
	view := needView{
		Code: n.Need.Code, Name: n.Need.Name.In(v.Lang), Kind: string(n.Need.Kind), KindName: n.Need.Kind.Name().In(v.Lang),
		Via: procedure.ViaNames(n.Need.Via).In(v.Lang), Have: n.Have, Min: n.Need.Min, Optional: n.Need.Optional, OrWaiver: n.Need.OrWaiver,
		Met: n.Have >= n.Need.Min,
	}
	view.ByHand = len(n.Need.Via) == 0 ||
		slices.Contains(n.Need.Via, procedure.ViaDesk) || slices.Contains(n.Need.Via, procedure.ViaSignature)
	if parts := records.PartsOf(v.Roles); !n.Need.Brings(parts, n.Need.Kind) {
		view.ByHand, view.Locked = false, p.opt.Pages.Say(v.Lang, "orders.need.by", procedure.PartNames(n.Need.By).In(v.Lang))
		view.OrWaiver = view.OrWaiver && n.Need.Brings(parts, procedure.Waiver)
	}
	if n.Need.Kind == procedure.Photo || n.Need.Kind == procedure.Confirmation {
		view.Accept = "image/*"
	}
	for _, x := range n.Need.Fields {
		view.Fields = append(view.Fields, field(v, x))
	}
	for _, e := range f.Evidence {
		if e.Step == s.Code && e.Need == n.Need.Code {
			view.Evidence = append(view.Evidence, p.evidence(v, f, n.Need, e, files))
		}
	}
	if !live {
		return view, nil
	}
	for _, beside := range p.opt.Needs {
		html, err := beside(r, f, s, n.Need)
		if err != nil {
			return view, fmt.Errorf("beside %s.%s: %w", s.Code, n.Need.Code, err)
		}
		if html != template.HTML("") {
			view.Beside = append(view.Beside, html)
		}
	}
	return view, nil
}

func field(v ui.Visitor, x procedure.Field) fieldView {
	out := fieldView{Code: x.Code, Name: x.Name.In(v.Lang), Type: x.Type, Unit: x.Unit, Optional: x.Optional}
	for _, c := range x.Choices {
		out.Choices = append(out.Choices, choice{c.Code, c.Name.In(v.Lang), false})
	}
	if x.Min != nil {
		out.Min = fmt.Sprintf("%g", *x.Min)
	}
	if x.Max != nil {
		out.Max = fmt.Sprintf("%g", *x.Max)
	}
	return out
}
