// Package sampling draws the solved cases whose customers are called, by a stated rule and a seed that was committed to before
// the cases were known: nobody can pick friendly customers, and anybody can draw again and compare.
package sampling

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"
)

// Rule says how many are drawn of each stratum: the cases of one engineer, service centre and kind of service in one day.
type Rule struct {
	Small   int `json:"small"`   // a stratum of up to so many cases is drawn whole
	Quota   int `json:"quota"`   // of a larger one at least so many
	Percent int `json:"percent"` // and at least this share, rounded up
}

// Case is one solved case, with what decides its stratum.
type Case struct {
	Number   string `json:"case"`
	Engineer string `json:"engineer"`
	Centre   string `json:"centre"`
	Kind     string `json:"kind"`
}

// stratum is the key of a case's stratum. A NUL cannot be part of a field.
func (c Case) stratum() string { return c.Engineer + "\x00" + c.Centre + "\x00" + c.Kind }

// Take is how many are drawn of a stratum of n cases: never none, never more than there are.
func (r Rule) Take(n int) int {
	if n <= r.Small {
		return n
	}
	return min(n, max(1, r.Quota, (n*r.Percent+99)/100))
}

// Draw gives the numbers of the cases drawn, sorted. In each stratum those are taken whose HMAC-SHA256 of the case's number
// under the seed is smallest: so the result depends on the set of cases alone, not on their order, and a case more in one
// stratum changes nothing in another. A case named twice counts once.
func Draw(seed []byte, rule Rule, cases []Case) []string {
	strata := map[string][]Case{}
	seen := map[string]bool{}
	for _, c := range cases {
		if !seen[c.Number] {
			seen[c.Number] = true
			strata[c.stratum()] = append(strata[c.stratum()], c)
		}
	}
	var drawn []string
	for _, list := range strata {
		slices.SortFunc(list, func(a, b Case) int {
			if by := bytes.Compare(lot(seed, a.Number), lot(seed, b.Number)); by != 0 {
				return by
			}
			return strings.Compare(a.Number, b.Number)
		})
		for _, c := range list[:rule.Take(len(list))] {
			drawn = append(drawn, c.Number)
		}
	}
	slices.Sort(drawn)
	return drawn
}

func lot(seed []byte, number string) []byte {
	mac := hmac.New(sha256.New, seed)
	_, _ = io.WriteString(mac, number) // a hash never fails to write
	return mac.Sum(nil)
}

// Commitment is what is published before the day: the SHA-256, in hex, of "hotline-draw/1\n<day>\n<seed in hex>\n".
func Commitment(day string, seed []byte) string {
	sum := sha256.Sum256([]byte("hotline-draw/1\n" + day + "\n" + hex.EncodeToString(seed) + "\n"))
	return hex.EncodeToString(sum[:])
}
