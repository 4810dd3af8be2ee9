package records

import "strings"

// mapped turns rows into what callers see. It never returns nil, so that JSON shows an empty list.
func mapped[R, T any](rows []R, f func(R) T) []T {
	out := make([]T, 0, len(rows))
	for _, r := range rows {
		out = append(out, f(r))
	}
	return out
}

// containing makes a LIKE pattern (with ESCAPE '!') out of text that a person typed.
func containing(part string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(part) + "%"
}

// null stores "" as NULL, for optional references.
func null(id string) any {
	if id == "" {
		return nil
	}
	return id
}
