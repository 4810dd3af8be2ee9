package records

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// changes collects what a change of somebody's data was, for the audit log. Who reads the log need not see customers' data: personal
// values are cut to what tells whether two of them are the same, and long texts are only said to have changed.
type changes []string

func (c *changes) add(field, old, now string, show func(string) string) {
	if old == now {
		return
	}
	c.note(field, show(old), show(now))
}

// note says that a field changed, by what may be shown of it.
func (c *changes) note(field, old, now string) {
	*c = append(*c, fmt.Sprintf("%s: %s → %s", field, cmp.Or(old, "–"), cmp.Or(now, "–")))
}

// text says of a long text that it changed, not how.
func (c *changes) text(field, old, now string) {
	if old != now {
		*c = append(*c, field)
	}
}

func (c *changes) String() string { return strings.Join(*c, "; ") }

func plain(s string) string { return s }

// initial keeps the first character of a name.
func initial(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i] + "**"
		}
	}
	return s
}

// ending keeps the last four digits of a number, the last two of a short one.
func ending(s string) string {
	keep := 4
	if len(s) < 9 {
		keep = min(2, len(s))
	}
	return "****" + s[len(s)-keep:]
}

// mailbox keeps the first character of an address and its house.
func mailbox(s string) string {
	name, house, ok := strings.Cut(s, "@")
	if !ok {
		return initial(s)
	}
	return initial(name) + "@" + house
}

// district keeps of an address what tells the town or the district.
func district(s string) string {
	if r := []rune(s); len(r) > 6 {
		return string(r[:6]) + "**"
	}
	return s
}

// customerChanges says what of a customer was changed.
func customerChanges(old, now Customer) string {
	var c changes
	c.add("kind", old.Kind, now.Kind, plain)
	c.add("name", old.Name, now.Name, initial)
	c.add("region", old.Region, now.Region, plain)
	c.add("address", old.Address, now.Address, district)
	c.add("service_centre", old.ServiceCentre, now.ServiceCentre, plain)
	c.text("agreement", old.Agreement, now.Agreement)
	c.add("vip", strconv.FormatBool(old.VIP), strconv.FormatBool(now.VIP), plain)
	c.add("priority", strconv.Itoa(old.Priority), strconv.Itoa(now.Priority), plain)
	c.text("notes", old.Notes, now.Notes)
	return c.String()
}

// contactChanges says what of a contact was changed.
func contactChanges(old, now Contact) string {
	var c changes
	c.add("customer", old.CustomerID, now.CustomerID, plain)
	c.add("name", old.Name, now.Name, initial)
	c.add("email", old.Email, now.Email, mailbox)
	c.add("language", old.Language, now.Language, plain)
	c.text("notes", old.Notes, now.Notes)
	if !slices.Equal(old.Numbers, now.Numbers) {
		c.note("numbers", endings(old.Numbers), endings(now.Numbers))
	}
	return c.String()
}

func endings(numbers []Number) string {
	shown := make([]string, len(numbers))
	for i, n := range numbers {
		shown[i] = strings.TrimSpace(ending(n.Number) + " " + n.Label)
	}
	return strings.Join(shown, ", ")
}
