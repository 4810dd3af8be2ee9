package ui

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// What a page costs when its press has an idle plate, and when it has to make one.
func BenchmarkRender(b *testing.B) {
	p := newPages(b)
	r := httptest.NewRequestWithContext(WithVisitor(b.Context(), Visitor{Login: "li", Lang: English}), http.MethodGet, "/login", nil)
	data := struct {
		Login, Next string
		Trouble     *trouble
	}{}
	b.Run("idle plate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.Render(httptest.NewRecorder(), r, 200, "ui/login", data)
		}
	})
	b.Run("new plate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := p.presses["ui/login"].take(); err != nil {
				b.Fatal(err)
			}
			p.Render(httptest.NewRecorder(), r, 200, "ui/login", data)
		}
	})
}

// What starting costs: every template is parsed, checked and escaped.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		newPages(b)
	}
}
