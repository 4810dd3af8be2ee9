package ui

import "golang.org/x/text/language"

// LangOf chooses the language of a visitor from what they may have said, best first: tags such as "en" or "zh-CN", or a whole
// Accept-Language header (RFC 9110 §12.5.4). What says nothing is passed over; Chinese when all do.
func LangOf(wishes ...string) string { return LangOr(Chinese, wishes...) }

// LangOr is LangOf with another language for who says nothing.
func LangOr(otherwise string, wishes ...string) string {
	matcher := language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})
	for _, wish := range wishes {
		want, _, err := language.ParseAcceptLanguage(wish)
		if err != nil || len(want) == 0 {
			continue
		}
		_, i, _ := matcher.Match(want...)
		return []string{Chinese, English}[i]
	}
	return otherwise
}
