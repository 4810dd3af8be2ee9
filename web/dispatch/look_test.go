package dispatch

import (
	"flag"
	"path/filepath"
	"testing"

	"hotline/web/browser"
)

// shots names a directory in which pictures of every page are kept, for people to look at.
var shots = flag.String("shots", "", "keep pictures of the pages in this directory")

// picture keeps what a tab shows, when somebody asked for pictures.
func picture(t testing.TB, tab *browser.Tab, name string) {
	t.Helper()
	if *shots != "" {
		tab.Screenshot(filepath.Join(*shots, name+".png"))
	}
}

// sound checks a page as it stands: no fault, nothing that axe calls serious, nothing to be scrolled sideways.
func sound(t testing.TB, tab *browser.Tab, name string) {
	t.Helper()
	for _, v := range tab.Axe() {
		t.Errorf("%s: %s", name, v)
	}
	for _, fault := range tab.Faults() {
		t.Errorf("%s: %s", name, fault)
	}
	var wide bool
	if tab.Eval(`document.documentElement.scrollWidth > innerWidth`, &wide); wide {
		t.Errorf("%s has to be scrolled sideways", name)
	}
}
