package dispatch

import (
	"encoding/json"

	"hotline/records"
	"hotline/records/procedure"
)

// keptWhy is what is kept of why an action was refused. The engineer, the dispatcher and whoever looks later may read different
// languages, so it is kept as records says it and worded when it is read.
type keptWhy struct {
	What  string            `json:"what"` // as records refuses, in English
	Do    string            `json:"do"`
	Lacks []json.RawMessage `json:"lacks"` // in both languages; plain text in what was kept before
}

// outcomeDetail is what is kept of an answer: never the secret of a link.
func outcomeDetail(a actionAnswer) string {
	if a.Outcome != records.ActionRefused {
		return ""
	}
	why := keptWhy{What: a.What, Do: a.Do}
	if a.refusal != nil {
		why.What, why.Do = a.refusal.What, a.refusal.Do
		for _, l := range a.refusal.Lacks {
			if said, err := json.Marshal(l.What); err == nil {
				why.Lacks = append(why.Lacks, said)
			}
		}
	}
	text, err := json.Marshal(why)
	if err != nil {
		return a.What
	}
	return string(text)
}

// whyWords are a refusal in the words of who reads it.
type whyWords struct {
	What  string   `json:"what"`
	Do    string   `json:"do,omitempty"`
	Lacks []string `json:"lacks,omitempty"`
}

// why words what was kept of a refusal.
func (d *Dispatch) why(lang, detail string) whyWords {
	var kept keptWhy
	if json.Unmarshal([]byte(detail), &kept) != nil {
		return whyWords{What: detail}
	}
	out := whyWords{What: d.opt.Pages.Refusal(lang, kept.What), Do: d.opt.Pages.Refusal(lang, kept.Do)}
	for _, l := range kept.Lacks {
		var both procedure.Text
		var plain string
		if json.Unmarshal(l, &plain) == nil {
			out.Lacks = append(out.Lacks, plain)
		} else if json.Unmarshal(l, &both) == nil {
			out.Lacks = append(out.Lacks, both.In(lang))
		}
	}
	return out
}

// whyInWords gives the same as JSON, for the phone.
func (d *Dispatch) whyInWords(lang, detail string) string {
	text, err := json.Marshal(d.why(lang, detail))
	if err != nil {
		return detail
	}
	return string(text)
}
