package records

import (
	"context"
	"fmt"
	"strconv"

	"hotline/records/document"
	"hotline/records/procedure"
	"hotline/records/questionnaire"
)

func paperNumber(p Paper) string { return "v" + strconv.FormatInt(p.Number, 10) }

// SheetReport lays a sheet out as a document: the order's facts, then section by section what was answered.
func (s *Store) SheetReport(ctx context.Context, id string, lang string) (document.Report, error) {
	sh, err := s.Sheet(ctx, id)
	if err != nil {
		return document.Report{}, err
	}
	o, err := s.read().order(ctx, sh.Order)
	if err != nil {
		return document.Report{}, s.explain("order", err)
	}
	var next int64
	if err := s.read().get(ctx, &next, `SELECT COALESCE(MAX(number), 0) + 1 FROM papers WHERE order_id = ? AND code = ?`, sh.Order, sh.Questionnaire); err != nil {
		return document.Report{}, s.explain("paper", err)
	}
	say := func(zh, en string) string { return procedure.Text{ZH: zh, EN: en}.In(lang) }
	r := document.Report{
		Title: sh.Def.Name.In(lang), Subtitle: o.Subject, Number: fmt.Sprintf("%s-%s-v%d", o.Number, sh.Questionnaire, next), Issued: sh.At,
		Facts: []document.Fact{
			{Label: say("服务单", "Order"), Value: o.Number},
			{Label: say("版本", "Version"), Value: fmt.Sprintf("v%d", next)},
			{Label: say("客户", "Customer"), Value: o.CustomerName},
			{Label: say("联系人", "Contact"), Value: o.ContactName},
			{Label: say("编制", "Written by"), Value: s.nameOf(ctx, sh)},
			{Label: say("项目负责人", "Engineer"), Value: o.EngineerName},
		},
	}
	for _, section := range sh.Def.Sections {
		r.Blocks = append(r.Blocks, answered(section, sh.Answers, lang)...)
	}
	return r, nil
}

// nameOf tells who filled in a sheet last.
func (s *Store) nameOf(ctx context.Context, sh Sheet) string {
	if sh.Person != "" {
		return sh.Person
	}
	if u, err := s.User(ctx, sh.By); err == nil {
		return u.Name
	}
	return sh.By
}

// answered lays one section out: short answers side by side, long ones over the whole width, tables as tables.
func answered(section questionnaire.Section, a questionnaire.Answers, lang string) []document.Block {
	none := procedure.Text{ZH: "（未填写）", EN: "(not filled in)"}.In(lang)
	blocks := []document.Block{document.Section{Title: section.Name.In(lang)}}
	var facts []document.Fact
	flush := func() {
		if len(facts) > 0 {
			blocks = append(blocks, document.Facts{Facts: facts})
			facts = nil
		}
	}
	for _, q := range section.Questions {
		if q.Kind == questionnaire.Table {
			flush()
			t := document.Table{Empty: none, Rows: q.Rows(a)}
			for _, col := range q.Columns {
				t.Head = append(t.Head, col.Text.In(lang))
			}
			blocks = append(blocks, document.Paragraph{Text: q.Text.In(lang)}, t)
			continue
		}
		said := q.Said(a, lang)
		if said == "" {
			said = none
		}
		wide := q.Kind == questionnaire.Long || q.Kind == questionnaire.Line || q.Kind == questionnaire.Many
		facts = append(facts, document.Fact{Label: q.Text.In(lang), Value: said, Wide: wide})
	}
	flush()
	return blocks
}
