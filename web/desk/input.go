package desk

import (
	"net/url"
	"strings"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// fields are what is typed into the forms of a case, by the JSON path that records uses for it.
type fields map[string]string

func fieldsOf(form url.Values) fields {
	f := fields{}
	for name, values := range form {
		if len(values) > 0 {
			f[name] = strings.ReplaceAll(values[len(values)-1], "\r\n", "\n")
		}
	}
	return f
}

func (f fields) yes(name string) bool { return f[name] == "true" || f[name] == "on" }

// localTime is how <input type="datetime-local"> writes an instant of the visitor's zone.
const localTime = "2006-01-02T15:04"

func (f fields) at(name string, zone *time.Location) time.Time {
	t, err := time.ParseInLocation(localTime, strings.TrimSpace(f[name]), zone)
	if err != nil {
		return time.Time{} // what is not whole yet is missing
	}
	return t
}

// factNames are the fields that say what a case is about, which belong to the case and not to one way of ending it.
func factNames() []string {
	return []string{"subject", "description", "product", "category", "severity"}
}

// wrapUp makes of typed fields what records asks for.
func (d *Desk) wrapUp(v ui.Visitor, number, call string, f fields) records.WrapUpInput {
	product := codeOf(d.products(), f["product"])
	return records.WrapUpInput{
		Case: number, Call: call, By: v.Login, Outcome: f["outcome"],
		Subject: f["subject"], Description: f["description"], Product: product,
		Category: codeOf(d.categories(product), f["category"]), Severity: f["severity"],
		Solved: &records.SolvedFacts{Solution: f["solved.solution"], Confirmed: f.yes("solved.confirmed")},
		Escalation: &records.EscalationFacts{
			Situation: f["escalation.situation"],
			Contact: records.EscalatedTo{
				ID: f["escalation.contact.id"], Name: f["escalation.contact.name"], Number: f["escalation.contact.number"],
				Confirmed: f.yes("escalation.contact.confirmed"),
			},
			Told: records.ToldToCustomer{
				Means: f["escalation.told.means"], At: f.at("escalation.told.at", v.Zone), Procedure: f["escalation.told.procedure"],
			},
			Region: f["escalation.region"], Centre: f["escalation.service_centre"],
		},
		Referral: &records.ReferralFacts{
			Department: f["referral.department"], AcceptedBy: f["referral.accepted_by"], AcceptedAt: f.at("referral.accepted_at", v.Zone),
		},
		Callback: &records.CallbackFacts{At: f.at("callback.at", v.Zone), Number: f["callback.number"]},
	}
}
