package records

import (
	"regexp"
	"slices"
	"strings"
)

// hidden stands where somebody's name or number stood.
const hidden = "＊＊＊"

// personal finds what identifies people by its form: e-mail addresses, Chinese identity numbers (GB 11643), and telephone numbers as
// they are dialled in China or in E.164. Shorter runs of digits stay: they are error codes, versions and amounts.
var personal = regexp.MustCompile(`[\w.+-]+@[\w-]+(\.[\w-]+)+` +
	`|\b[1-9]\d{16}[\dXx]\b` +
	`|\+\d[\d -]{6,16}\d` +
	`|\b1[3-9]\d[ -]?\d{4}[ -]?\d{4}\b` +
	`|\b0\d{2,3}[ -]?\d{7,8}(-\d{1,6})?\b`)

// Anonymise hides names and personal numbers in a text: e-mail addresses, telephone and identity numbers, the given names (customers,
// contacts), and a contact's family name with a title (王经理). What nobody told it are names, it cannot know: a person reads the
// text before customers do.
func Anonymise(s string, names ...string) string {
	s = personal.ReplaceAllString(s, hidden)
	var parts []string
	for _, name := range names {
		name = strings.TrimSpace(name)
		r := []rune(name)
		if len(r) < 2 {
			continue
		}
		parts = append(parts, regexp.QuoteMeta(name))
		if ideographic(r[0]) && len(r) <= 4 {
			parts = append(parts, regexp.QuoteMeta(string(r[0]))+`(?:女士|先生|小姐|经理|主任|老师|工程师|工|总)`)
		}
	}
	if len(parts) == 0 {
		return s
	}
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) }) // the longest name first
	return regexp.MustCompile(strings.Join(parts, "|")).ReplaceAllString(s, hidden)
}
