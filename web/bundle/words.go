package bundle

import (
	"strconv"
	"strings"

	"hotline/records"
	"hotline/records/procedure"
)

// Say gives a text in a language; *ui.Pages has both methods.
type Say interface {
	Say(lang, key string, args ...any) string
	Knows(key string) bool
	Note(lang, text string) string
}

// Word says what an entry of a timeline is, in a language.
func Word(texts Say, lang string, e records.TimelineEntry) string {
	word := e.What
	for _, key := range []string{"timeline." + e.Source + "." + e.What, "floor.picture.event." + e.What, "orders.event." + e.What} {
		if key = strings.ReplaceAll(key, " ", "-"); texts.Knows(key) {
			word = texts.Say(lang, key)
			break
		}
	}
	if e.Source == "evidence" {
		if name := procedure.EvidenceKind(e.What).Name().In(lang); name != "" {
			word = name
		}
	}
	if step := e.StepName(lang); step != "" {
		word = step + " · " + word
	}
	return word
}

// Source says where an entry comes from.
func Source(texts Say, lang string, e records.TimelineEntry) string {
	return texts.Say(lang, "timeline.source."+e.Source)
}

// Detail says what an entry holds beside its word, in the words of who wrote it; what a machine wrote is said in the language.
func Detail(texts Say, lang string, e records.TimelineEntry) string {
	switch e.Source {
	case "verdict": // milliseconds
		if ms, err := strconv.ParseInt(e.Detail, 10, 64); err == nil {
			return texts.Say(lang, "timeline.waited", strconv.FormatFloat(float64(ms)/1000, 'f', 1, 64))
		}
	case "escalation":
		if key := "timeline.kind." + e.Detail; texts.Knows(key) {
			return texts.Say(lang, key)
		}
	case "evidence", "order": // text · who · reason
		parts := strings.Split(e.Detail, " · ")
		for i, part := range parts {
			parts[i] = texts.Note(lang, part)
		}
		return strings.Join(parts, " · ")
	case "ownership":
		switch e.What {
		case "claim", "join", "work", "finish": // the wrap-up beside it says more
			return ""
		}
		if from, rest, ok := strings.Cut(e.Detail, " → "); ok { // whose it was → whose it is, why
			to, why, _ := strings.Cut(rest, " ")
			return strings.TrimSpace(from + " → " + to + " " + texts.Note(lang, why))
		}
	}
	return texts.Note(lang, e.Detail)
}
