package dispatch

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/browser"
)

// TestNothingMovesUnderAFinger: while a field has the focus somebody else changes the visit; the finger that goes from the field to the button finds
// it where it was, and what changed is drawn when the finger has left.
func TestNothingMovesUnderAFinger(t *testing.T) {
	h := openHouse(t)
	h.set(time.Date(2026, 11, 24, 1, 10, 0, 0, time.UTC))
	h.staffed()
	o := h.appointed()
	p := h.phone(browser.Start(t, browser.Options{}), browser.Look{})
	p.Click(`[data-testid="visit"]`)
	p.at("arrival")
	p.calm()
	p.Run(`window.field = document.querySelector('[data-need="arrived"] [name=place]'); window.button = document.querySelector('[data-need="arrived"] [data-testid="save"]'); field.focus()`)

	body, err := json.Marshal(map[string]any{"at": h.now().Format(time.RFC3339), "place": "华东一厂"})
	must(t, err)
	_, err = h.store.AddEvidence(t.Context(), records.Actor{Login: "gao"}, records.EvidenceInput{Order: o.ID, Step: "arrival", Need: "arrived", Kind: procedure.Fact, Body: body})
	must(t, err)
	p.Run(`window.asked = performance.getEntriesByType("resource").filter((e) => e.name.endsWith("/visit/data")).length; document.dispatchEvent(new Event("visibilitychange"))`)
	p.Wait(`performance.getEntriesByType("resource").filter((e) => e.name.endsWith("/visit/data")).length > asked && document.querySelector("#line").dataset.state === "sent"`)

	// A turn of the page's clock after each: what was put off by setTimeout has happened then.
	turn := `new Promise((r) => setTimeout(() => setTimeout(r)))`
	p.Run(fmt.Sprintf(`(async () => {
		button.dispatchEvent(new PointerEvent("pointerdown", {bubbles: true}));
		field.blur();
		await %s;
		window.stayed = button.isConnected;
		button.dispatchEvent(new PointerEvent("pointerup", {bubbles: true}));
		window.lifted = true;
	})()`, turn))
	p.Wait(`window.lifted === true`)
	var stayed bool
	p.Eval(`window.stayed`, &stayed)
	if !stayed {
		t.Error("the button was taken away while the finger was on it")
	}
	p.met("arrived")
}
