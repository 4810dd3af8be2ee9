package dispatch

import (
	"encoding/json"
	"strconv"
	"strings"

	"hotline/records"
	"hotline/records/procedure"
)

// unsaid compares what a customer is shown for the signature on the work order with what will be printed on it: it gives the names of the
// needs whose newest evidence is not in the text word for word. A phone that was without network may have shown what somebody changed
// meanwhile; then it is shown and signed again.
func unsaid(f records.OrderFile, shown, lang string) []string {
	var out []string
	newest := sheetOf{OrderFile: f}
	for _, step := range f.Definition.Steps {
		for _, n := range step.Needs {
			e, ok := newest.last(procedure.Ref(step.Code + "." + n.Code))
			if !ok || n.Kind == procedure.Document || n.Code == "signed" || n.Code == "copy" {
				continue
			}
			for _, said := range sayings(n, e) {
				if !strings.Contains(shown, said) {
					out = append(out, n.Name.In(lang))
					break
				}
			}
		}
	}
	return out
}

// sayings are the words and figures of a piece of evidence as every page writes them. Times are left out: they are written by the clock and in
// the manner of the place.
func sayings(n procedure.Need, e records.Evidence) []string {
	if e.Kind == procedure.Fact {
		return figures(n, e)
	}
	b := bodyOf(e)
	var out []string
	switch e.Kind {
	case procedure.Waiver:
		out = append(out, b.Who, b.Reason)
	case procedure.Confirmation:
		out = append(out, b.Who)
	case procedure.Written:
		out = append(out, strings.Split(b.Text, "\n")...)
	default:
	}
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

func figures(n procedure.Need, e records.Evidence) []string {
	var values map[string]any
	if err := json.Unmarshal(e.Body, &values); err != nil {
		return nil
	}
	var out []string
	if list, ok := values["results"].([]any); ok { // a check list is shown item by item
		for _, x := range list {
			if item, ok := x.(map[string]any); ok {
				name, _ := item["name"].(string)
				note, _ := item["note"].(string)
				out = append(out, name, note)
			}
		}
		return out
	}
	for _, f := range n.Fields {
		switch v := values[f.Code].(type) {
		case string:
			if f.Type == procedure.TypeText {
				out = append(out, strings.TrimSpace(v))
			}
		case float64:
			out = append(out, strconv.FormatFloat(v, 'f', -1, 64))
		}
	}
	return out
}
