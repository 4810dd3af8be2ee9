package orders

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// evidenceView is a piece of evidence as a chip: what, who, when, hash.
type evidenceView struct {
	KindName, Who, Via, Hash, Short string
	At, DeviceAt                    time.Time
	Lines                           []line
	File                            *records.File
	Picture                         bool
	Order                           string
	Waiver                          bool
}

// line is one value of a piece of evidence.
type line struct{ Name, Value string }

func (p *Pages) evidence(v ui.Visitor, f records.OrderFile, n procedure.Need, e records.Evidence, files map[string]records.File) evidenceView {
	out := evidenceView{
		KindName: e.Kind.Name().In(v.Lang), Who: e.Actor, Via: procedure.ViaNames([]string{e.Via}).In(v.Lang), Hash: e.Hash, Short: short(e.Hash),
		At: e.At, DeviceAt: e.DeviceAt, Order: f.Order.Number, Waiver: e.Kind == procedure.Waiver || e.Kind == procedure.Override,
	}
	if file, ok := files[e.File]; ok {
		out.File, out.Picture = &file, shownInline(file.Media)
	}
	values := map[string]any{}
	if len(e.Body) == 0 || json.Unmarshal(e.Body, &values) != nil {
		return out
	}
	if e.Kind == procedure.Fact {
		for _, x := range n.Fields {
			if value, ok := values[x.Code]; ok {
				out.Lines = append(out.Lines, line{x.Name.In(v.Lang), p.value(v, x, value)})
			}
		}
		return out
	}
	for _, key := range []string{"text", "who", "reason", "key", "recording", "shown", "template"} {
		if text, ok := values[key].(string); ok && text != "" {
			if key == "shown" {
				text = short(text)
			}
			text = p.opt.Pages.Note(v.Lang, text)
			out.Lines = append(out.Lines, line{p.opt.Pages.Say(v.Lang, "orders.body."+key), text})
		}
	}
	return out
}

// value says a value of a fact for people.
func (p *Pages) value(v ui.Visitor, x procedure.Field, value any) string {
	switch x.Type {
	case procedure.TypeYes:
		if value == true {
			return p.opt.Pages.Say(v.Lang, "orders.yes")
		}
		return p.opt.Pages.Say(v.Lang, "orders.no")
	case procedure.TypeChoice:
		for _, c := range x.Choices {
			if c.Code == value {
				return c.Name.In(v.Lang)
			}
		}
	case procedure.TypeTime:
		if text, ok := value.(string); ok {
			if at, err := time.Parse(time.RFC3339, text); err == nil {
				return at.In(v.Zone).Format("2006-01-02 15:04")
			}
		}
	}
	return strings.TrimSpace(fmt.Sprint(value) + " " + x.Unit)
}

func short(hash string) string {
	if len(hash) > 8 {
		return hash[:8]
	}
	return hash
}

// eventView is one thing that happened to an order.
type eventView struct {
	At        time.Time
	What, Who string
	More      string
	Short     string
	Hash      string
}

func (p *Pages) event(v ui.Visitor, d procedure.Definition, e records.Evidence, called func(login string) string) eventView {
	var body struct {
		What, Reason, Engineer, Result, Login string
	}
	out := eventView{At: e.At, Who: e.Actor, Hash: e.Hash, Short: short(e.Hash)}
	if json.Unmarshal(e.Body, &body) != nil {
		return out
	}
	out.What = p.opt.Pages.Say(v.Lang, "orders.event."+body.What)
	if s, ok := d.Step(e.Step); ok {
		out.What += " · " + s.Name.In(v.Lang)
	}
	for _, more := range []string{called(body.Engineer), called(body.Login), p.opt.Pages.Note(v.Lang, body.Reason), body.Result} {
		if more != "" {
			out.More = strings.TrimPrefix(out.More+" · "+more, " · ")
		}
	}
	return out
}
