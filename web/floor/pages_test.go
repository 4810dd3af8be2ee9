package floor

import (
	"flag"
	"path/filepath"
	"testing"

	"hotline/web/browser"
)

// shots names a directory in which pictures of every page are kept, for people to look at.
var shots = flag.String("shots", "", "keep pictures of the pages in this directory")

// picture keeps what a tab shows, when somebody asked for pictures.
func picture(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	if *shots != "" {
		tab.Screenshot(filepath.Join(*shots, name+".png"))
	}
}

// sound checks a page as it stands: no fault, and nothing that axe calls serious.
func sound(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	for _, v := range tab.Axe() {
		t.Errorf("%s: %s", name, v)
	}
	for _, fault := range tab.Faults() {
		t.Errorf("%s: %s", name, fault)
	}
}

const liveWall = `document.querySelector("#wall")?.dataset.live === "live" && document.querySelectorAll(".wall-row").length > 0`
