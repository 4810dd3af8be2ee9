package main

import (
	"context"
	"math/rand/v2"
	"net/url"
	"time"
)

// furnish lets the staff begin their day: what was solved this morning and what is still open.
func furnish(ctx context.Context, s *server, firm sample, people staff, contacts []contact, seed uint64) error {
	if err := s.engage(ctx, people); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // no secret: it must be repeatable
	for i := range 3 * len(firm.Problems) {
		owner := people.simulated[r.IntN(len(people.simulated))]
		about, who := firm.Problems[i%len(firm.Problems)], contacts[r.IntN(len(contacts))]
		var made struct{ Number string }
		_, err := s.ask(ctx, owner.token, "POST", "/api/v1/cases", map[string]any{
			"contact_id": who.id, "caller": who.Number, "subject": about.Subject, "product": about.Product, "category": about.Category,
			"description": about.Subject + "。" + who.Name + " 报告。",
		}, &made)
		if err != nil {
			return err
		}
		if r.IntN(5) == 0 {
			continue // still open
		}
		_, err = s.ask(ctx, owner.token, "POST", "/api/v1/cases/"+url.PathEscape(made.Number)+"/wrapup", outcome(r, about, who), nil)
		if err != nil {
			return err
		}
	}
	return nil
}

// contact is somebody whom the records know.
type contact struct {
	id string
	person
	region string
	firm   string
}

// outcome is how a case ends, with all that rule I4 wants: most are solved on the phone, some go on to remote or onsite service, some
// are called back.
func outcome(r *rand.Rand, about problem, who contact) map[string]any {
	end := map[string]any{"subject": about.Subject, "product": about.Product, "category": about.Category}
	soon := time.Now().Add(time.Duration(1+r.IntN(24)) * time.Hour).Truncate(time.Minute)
	switch n := r.IntN(20); {
	case n < 3 && who.Number != "":
		end["outcome"] = "remote"
		if n == 0 {
			end["outcome"] = "onsite"
		}
		end["escalation"] = map[string]any{
			"situation": about.Subject + "；电话里按步骤检查未解决。", "region": who.region,
			"contact": map[string]any{"id": who.id, "name": who.Name, "number": who.Number, "confirmed": true},
			"told":    map[string]any{"means": about.Means, "at": soon, "procedure": "工程师先电话预约，再开始处理，结束后由您确认。"},
		}
	case n == 3 && who.Number != "":
		end["outcome"] = "callback"
		end["callback"] = map[string]any{"at": soon, "number": who.Number}
	default:
		end["outcome"] = "solved"
		end["solved"] = map[string]any{"solution": about.Solution, "confirmed": true}
	}
	return end
}
