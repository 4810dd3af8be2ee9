package engagements_test

import (
	"testing"

	"hotline/records"
	"hotline/web/browser/site"
)

// The page that shows a new link may be loaded again: the link stands there still, and the customer's goes on working. Another link is only
// made by the button for it.
func TestAReloadMakesNoSecondLink(t *testing.T) {
	h := newHouse(t)
	m := h.opened(t, "consulting", "机房与网络改造咨询")
	links := func() []records.Link {
		return site.Get[records.Page[records.Link]](t)(h.Store.Links(t.Context(), records.LinkFilter{})).Items
	}
	const secret = "[data-testid=link] .secret"

	m.gao.Goto(m.at)
	m.gao.Click(paper("it_survey") + " [data-testid=ask]")
	m.gao.WaitVisible(secret)
	asked := m.gao.Text(secret)
	m.gao.Reload()
	m.gao.WaitVisible(secret)
	site.Equal(t, "link to the questionnaire after a reload", m.gao.Text(secret), asked)
	site.Equal(t, "links to the questionnaire", len(links()), 1)

	m.written("it_survey", nil)
	m.approved("it_survey")
	m.completed("it_survey")
	m.written("it_solution", nil)
	m.approved("it_solution")
	m.gao.Goto(m.at)
	m.gao.Click(paper("it_solution") + " [data-testid=deliver]")
	m.gao.WaitVisible(paper("it_solution") + " [data-testid=version][data-state=delivered]")
	m.gao.WaitVisible("#step-it_solution " + secret)
	sent := m.gao.Text(secret)
	m.gao.Reload()
	m.gao.WaitVisible("#step-it_solution " + secret)
	site.Equal(t, "link to the document after a reload", m.gao.Text(secret), sent)
	site.Equal(t, "links after the delivery", len(links()), 2)
	site.Sound(t, m.gao, "engagements-link")

	// A colleague who looks at the engagement does not see it.
	m.chen.Goto(m.at)
	var shown bool
	m.chen.Eval(`!!document.querySelector("[data-testid=link]")`, &shown)
	site.Equal(t, "shown to somebody else", shown, false)

	// What the customer has opened stays with the customer.
	phone := m.opens(sent)
	phone.WaitVisible("[data-testid=confirm]")
	m.gao.Reload()
	m.gao.WaitVisible(paper("it_solution") + " [data-testid=deliver]")
	m.gao.Eval(`!!document.querySelector("[data-testid=link]")`, &shown)
	site.Equal(t, "shown after it was opened", shown, false)
}
