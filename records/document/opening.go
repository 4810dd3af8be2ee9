package document

import (
	"fmt"
	"strings"
)

const codeSize = 58.0 // of the QR code, 20 mm

// opening sets the title and, beside it, the code to check the document by.
func (s *sheet) opening(r Report, hash string) {
	side := 0.0
	if s.o.Verify != "" {
		side = codeSize + 12
		s.code(s.o.Verify+"?h="+hash[:16], right-codeSize, s.y-4, codeSize)
		s.aligned(right-codeSize-6, codeSize+12, s.y+codeSize+4, style{regular, 7, 10, soft}, s.o.say("扫码核对真伪", "Scan to verify"), Middle)
	}
	for _, l := range s.lines(r.Title, titleStyle, bodyWidth-2*side) {
		s.aligned(left+side, bodyWidth-2*side, s.y+titleStyle.baseline(), titleStyle, l, Middle)
		s.y += titleStyle.lead
	}
	if r.Subtitle != "" {
		for _, l := range s.lines(r.Subtitle, labelStyle, bodyWidth-2*side) {
			s.aligned(left+side, bodyWidth-2*side, s.y+labelStyle.baseline(), labelStyle, l, Middle)
			s.y += labelStyle.lead
		}
	}
	s.y += 8
	if s.o.Verify != "" {
		s.y = max(s.y, bodyTop+codeSize+12)
	}
}

// furniture sets head and foot of one page: whose document it is, which, how many pages, and what to compare. A reader of the extracted text
// finds each on lines of its own.
func (s *sheet) furniture(r Report, hash string, page int) {
	s.fail(s.pdf.SetPage(page))
	s.draw(left, 42, smallStyle, s.one(s.o.Company, smallStyle, bodyWidth*0.6))
	s.aligned(left, bodyWidth, 42, smallStyle, s.one(r.Number, smallStyle, bodyWidth*0.35), End)
	s.line(left, 50, right, 50, 0.5, rule)

	y := pageHeight - 34.0
	s.line(left, y-13, right, y-13, 0.5, rule)
	foot := s.o.say("内容校验 ", "Content check ") + grouped(hash[:16])
	if s.o.Hotline != "" {
		foot += s.o.say("　·　服务热线 ", "  ·  Hotline ") + s.o.Hotline
	}
	s.draw(left, y, smallStyle, s.one(foot, smallStyle, bodyWidth*0.78))
	s.aligned(left, bodyWidth, y, smallStyle, fmt.Sprintf(s.o.say("第 %d 页 / 共 %d 页", "Page %d of %d"), page, s.pages), End)
}

// grouped sets a hash in fours, to be read aloud.
func grouped(hash string) string {
	var parts []string
	for ; len(hash) > 4; hash = hash[4:] {
		parts = append(parts, hash[:4])
	}
	return strings.Join(append(parts, hash), " ")
}
