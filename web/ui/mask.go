package ui

import "strings"

// MaskNumber hides the middle of a telephone number as Chinese practice does (138****8000): of what stands before the last
// four digits, the four next to them are hidden. Short numbers keep their last two digits. "" stays "".
func MaskNumber(number string) string {
	digits := []rune(number)
	n := len(digits)
	from, to := n-8, n-4
	if n < 9 {
		from, to = 0, max(n-2, 0)
	}
	for i := max(from, 0); i < to; i++ {
		digits[i] = '*'
	}
	return string(digits)
}

// MaskName keeps the first character of a person's name.
func MaskName(name string) string {
	name = strings.TrimSpace(name)
	for i := range name {
		if i > 0 {
			return name[:i] + "**"
		}
	}
	return name
}

// MaskMail keeps the first character of a mail address and where it is.
func MaskMail(address string) string {
	name, at, ok := strings.Cut(address, "@")
	if !ok {
		return MaskName(address)
	}
	return MaskName(name) + "@" + at
}

// MaskAddress keeps of an address what tells the town or the district, its first six characters.
func MaskAddress(address string) string {
	runes := []rune(address)
	if len(runes) <= 6 {
		return address
	}
	return string(runes[:6]) + "****"
}
