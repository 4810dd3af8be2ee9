package document

import "time"

// Options say for whom and in whose name a document is typeset.
type Options struct {
	// Lang is "en" for English; anything else is Simplified Chinese.
	Lang string
	// Company stands in the head of every page.
	Company string
	// Hotline is the number to call, in the foot of every page. Empty: none.
	Hotline string
	// Verify is the absolute address under which the document of this number can be checked, such as https://example.com/verify/WO-1.
	// The content's hash is added to it and the whole printed as a QR code. Empty: no code.
	Verify string
	// Zone is the place whose clock the times are printed in. Nil: UTC.
	Zone *time.Location
	// Missing is told each character that the fonts lack, once a document. Nil: nobody is told; it is printed as its code point all the same.
	Missing func(rune)
}

func (o Options) say(zh, en string) string {
	if o.Lang == "en" {
		return en
	}
	return zh
}

func (o Options) zone() *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}

// minute prints a time to the minute, or nothing when there is none.
func (o Options) minute(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(o.zone()).Format("2006-01-02 15:04")
}

// span prints two times as one: the date once when both are of one day.
func (o Options) span(from, to time.Time) string {
	switch {
	case from.IsZero():
		return o.minute(to)
	case to.IsZero():
		return o.minute(from)
	case o.day(from) == o.day(to):
		return o.minute(from) + "–" + to.In(o.zone()).Format("15:04")
	}
	return o.minute(from) + " – " + o.minute(to)
}

func (o Options) day(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(o.zone()).Format("2006-01-02")
}
