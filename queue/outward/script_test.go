package outward

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func sample() Script {
	return Script{
		Consent: "consent", Wrong: "wrong", Thanks: "thanks", Sorry: "sorry", Wait: 5 * time.Second, Tries: 3,
		Questions: []Question{{Code: "speed", Media: "speed", Low: '1', High: '5'}, {Code: "quality", Media: "quality", Low: '1', High: '5'}},
	}
}

// play runs a script and gives what it said and what it kept.
func play(inputs ...string) (said, kept []string, hungUp bool, state scriptState) {
	r, deeds := read(sample())
	collect := func(deeds []deed) {
		for _, d := range deeds {
			if d.say != "" {
				said = append(said, d.say)
			}
			if d.answer[0] != "" {
				kept = append(kept, d.answer[0]+"="+d.answer[1])
			}
			hungUp = hungUp || d.hangUp
		}
	}
	collect(deeds)
	for _, in := range inputs {
		switch in {
		case "played", "silent", "gone":
			collect(r.step(scriptInput(in), ""))
		default:
			collect(r.step(scriptKey, in))
		}
	}
	return said, kept, hungUp, r.state
}

func TestScript(t *testing.T) {
	for name, c := range map[string]struct {
		in, said, kept []string
		hungUp         bool
	}{
		"to the end": {
			[]string{"played", "1", "4", "played", "5", "played"},
			[]string{"consent", "speed", "quality", "thanks"},
			[]string{"consent=yes", "speed=4", "quality=5"},
			true,
		},
		"no":                 {[]string{"2", "played"}, []string{"consent", "thanks"}, []string{"consent=no"}, true},
		"said again":         {[]string{"1", "*", "3"}, []string{"consent", "speed", "speed", "quality"}, []string{"consent=yes", "speed=3"}, false},
		"wrong keys":         {[]string{"1", "9", "played", "0", "played", "2"}, []string{"consent", "speed", "wrong", "speed", "wrong", "speed", "quality"}, []string{"consent=yes", "speed=2"}, false},
		"wrong too often":    {[]string{"1", "7", "played", "8", "played", "9", "played"}, []string{"consent", "speed", "wrong", "speed", "wrong", "speed", "sorry"}, []string{"consent=yes"}, true},
		"silence":            {[]string{"played", "silent", "played", "silent", "played", "silent", "played"}, []string{"consent", "consent", "consent", "sorry"}, nil, true},
		"hangs up between":   {[]string{"1", "5", "gone", "5", "played"}, []string{"consent", "speed", "quality"}, []string{"consent=yes", "speed=5"}, false},
		"keys while parting": {[]string{"1", "5", "5", "1", "1", "played"}, []string{"consent", "speed", "quality", "thanks"}, []string{"consent=yes", "speed=5", "quality=5"}, true},
	} {
		said, kept, hungUp, _ := play(c.in...)
		if !slices.Equal(said, c.said) || !slices.Equal(kept, c.kept) || hungUp != c.hungUp {
			t.Errorf("%s: said %v, kept %v, hung up %v", name, said, kept, hungUp)
		}
	}
}

// TestAnyKeysMakeATrueRecord: whatever comes, answers are within their range, each question has at most one, in order, none
// comes before consent or after a no, no prompt is said more often than allowed, and the script comes to its end.
func TestAnyKeysMakeATrueRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, deeds := read(sample())
		order := []string{ConsentCode, "speed", "quality"}
		kept := 0
		said := map[string]int{}
		refused := false
		see := func(deeds []deed) {
			for _, d := range deeds {
				said[d.say]++
				if d.answer[0] == "" {
					continue
				}
				if refused || kept == len(order) || d.answer[0] != order[kept] {
					t.Fatalf("kept %v as number %d", d.answer, kept)
				}
				if kept > 0 && (d.answer[1] < "1" || d.answer[1] > "5") {
					t.Fatalf("kept %v", d.answer)
				}
				refused = d.answer[1] == "no"
				kept++
			}
		}
		see(deeds)
		for range rapid.IntRange(0, 80).Draw(t, "steps") {
			in := rapid.SampledFrom([]scriptInput{scriptKey, scriptKey, scriptPlayed, scriptSilent}).Draw(t, "in")
			see(r.step(in, rapid.SampledFrom([]string{"0", "1", "2", "3", "4", "5", "6", "9", "*", "#", "A", ""}).Draw(t, "key")))
		}
		for range 20 { // left alone, it ends
			see(r.step(scriptPlayed, ""))
			see(r.step(scriptSilent, ""))
		}
		if r.state != scriptOver {
			t.Fatalf("it still %s", r.state)
		}
		for _, prompt := range []string{"consent", "speed", "quality"} {
			if said[prompt] > 3 {
				t.Fatalf("%s was said %d times", prompt, said[prompt])
			}
		}
	})
}
