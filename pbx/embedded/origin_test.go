package embedded_test

import (
	"fmt"
	"strings"
	"testing"
)

// originOf reads an SDP's o= line.
func originOf(t *testing.T, sdp string) (user, id string, version uint64) {
	t.Helper()
	for line := range strings.Lines(sdp) {
		if rest, ok := strings.CutPrefix(line, "o="); ok {
			if _, err := fmt.Sscan(rest, &user, &id, &version); err != nil {
				t.Fatalf("origin %q: %v", line, err)
			}
			return user, id, version
		}
	}
	t.Fatalf("no origin in %q", sdp)
	return "", "", 0
}
