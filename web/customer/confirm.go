package customer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"

	"hotline/records"
	"hotline/records/procedure"
)

// Say gives a text in a language.
type Say func(lang, key string, args ...any) string

// Confirm is the purpose of confirming: a report, or that a problem is solved. Who does not confirm says what is wrong.
type Confirm struct {
	Evidence Evidence
	Say      Say
}

// Page shows what is to be confirmed.
func (c Confirm) Page(ctx context.Context, v Visit) (string, any, error) {
	a, err := about(ctx, c.Evidence, v)
	return "customer/confirm", a, err
}

// Act keeps the confirmation, or the objection.
func (c Confirm) Act(ctx context.Context, v Visit, form url.Values) (Done, error) {
	return answer(ctx, c.Evidence, c.Say, v, form, "confirm", v.Link.SHA256, "")
}

// Consent is the purpose of agreeing beforehand: to a backup, to a plan.
type Consent struct {
	Evidence Evidence
	Say      Say
}

// Page shows what is asked for.
func (c Consent) Page(ctx context.Context, v Visit) (string, any, error) {
	a, err := about(ctx, c.Evidence, v)
	return "customer/consent", a, err
}

// Act keeps the consent with what was agreed to, or the refusal with its reason.
func (c Consent) Act(ctx context.Context, v Visit, form url.Values) (Done, error) {
	a, err := about(ctx, c.Evidence, v)
	if err != nil {
		return Done{}, err
	}
	shown := v.Link.SHA256
	if shown == "" && a.Plan != "" {
		sum := sha256.Sum256([]byte(a.Plan))
		shown = hex.EncodeToString(sum[:])
	}
	return answer(ctx, c.Evidence, c.Say, v, form, "consent", shown, a.Plan)
}

// answer keeps a yes, or a no with its reason.
func answer(ctx context.Context, e Evidence, say Say, v Visit, form url.Values, purpose, shown, text string) (Done, error) {
	who := person(v, form.Get("who"))
	done := func(how string) Done {
		return Done{Title: say(v.Lang, "link.done."+purpose+"."+how), Text: say(v.Lang, "link.done."+purpose+"."+how+".text"), Detail: how}
	}
	switch form.Get("answer") {
	case "yes":
		if v.Link.File != "" && v.Link.ShownAt.IsZero() {
			return Done{}, Trouble("link.trouble.unread")
		}
		in := records.EvidenceInput{Step: v.Link.Step, Need: v.Link.Need, Kind: procedure.Confirmation}
		return done("yes"), prove(ctx, e, v, who, procedure.ViaLink, in, procedure.Body{Link: v.Link.ID, Who: who, Shown: shown, Text: text})
	case "no":
		why := strings.TrimSpace(form.Get("why"))
		if why == "" {
			return Done{}, Trouble("link.trouble.why")
		}
		if r := []rune(why); len(r) > 2000 {
			why = string(r[:2000])
		}
		return done("no"), object(ctx, e, v, who, why)
	}
	return Done{}, Trouble("link.trouble.answer")
}
