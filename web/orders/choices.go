package orders

import (
	"slices"

	"hotline/records"
	"hotline/web/ui"
)

// choicesOf are what a filter offers. What is chosen already stays, also when it is not on the list any more.
func choicesOf(v ui.Visitor, all []Choice, chosen string) []choice {
	out := []choice{}
	for _, c := range all {
		out = append(out, choice{c.Code, c.Name.In(v.Lang), c.Code == chosen})
	}
	return keep(out, chosen)
}

// peopleOf offers those who have one of the roles, by their names.
func peopleOf(users []records.User, chosen string, roles ...string) []choice {
	out := []choice{}
	for _, u := range users {
		if slices.ContainsFunc(roles, u.Is) {
			out = append(out, choice{u.Login, or(u.Name, u.Login), u.Login == chosen})
		}
	}
	return keep(out, chosen)
}

func keep(all []choice, chosen string) []choice {
	if chosen != "" && !slices.ContainsFunc(all, func(c choice) bool { return c.Chosen }) {
		all = append(all, choice{chosen, chosen, true})
	}
	return all
}

// nameOf is how a centre or a product is called.
func nameOf(v ui.Visitor, all []Choice, code string) string {
	for _, c := range all {
		if c.Code == code {
			return c.Name.In(v.Lang)
		}
	}
	return code
}
