package dispatch

import (
	"strings"
	"testing"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// Why a phone's action was refused is read by the engineer and by dispatch, each in their language, whoever's language it was tried in.
func TestWhyAnActionWasRefusedIsReadInTwoLanguages(t *testing.T) {
	t.Parallel()
	pages, err := ui.New(ui.Options{Dev: true})
	must(t, err)
	d := &Dispatch{opt: Options{Pages: pages}}
	refusal := &records.Problem{
		What: `Order O-7: "complete" is not possible.`, Do: "Add what is missing.",
		Lacks: []procedure.Lack{{Code: "missing", What: procedure.Text{ZH: "缺少照片", EN: "a photo is missing"}}},
	}
	// What the engineer was told is not what is kept.
	kept := outcomeDetail(actionAnswer{Outcome: records.ActionRefused, What: "服务单 O-7", refusal: refusal})
	for lang, want := range map[string]whyWords{
		ui.Chinese: {What: "服务单 O-7：不能“完成步骤”。", Do: "请补上缺少的内容。", Lacks: []string{"缺少照片"}},
		ui.English: {What: `Order O-7: "complete" is not possible.`, Do: "Add what is missing.", Lacks: []string{"a photo is missing"}},
	} {
		short := map[string]string{ui.Chinese: "zh", ui.English: "en"}[lang]
		got := d.why(short, kept)
		if got.What != want.What || got.Do != want.Do || strings.Join(got.Lacks, "|") != strings.Join(want.Lacks, "|") {
			t.Errorf("%s reads %+v, want %+v", lang, got, want)
		}
	}
	for old, want := range map[string]string{
		`{"what":"The order has ended.","do":"Look at the order.","lacks":["缺少照片"]}`: "服务单已结束。 缺少照片",
		"no JSON at all": "no JSON at all ",
	} {
		if got := d.why("zh", old); got.What+" "+strings.Join(got.Lacks, "|") != want {
			t.Errorf("%s is read as %+v", old, got)
		}
	}
	if got := outcomeDetail(actionAnswer{Outcome: records.ActionDone, What: "x"}); got != "" {
		t.Errorf("of what was done nothing is kept, not %q", got)
	}
}
