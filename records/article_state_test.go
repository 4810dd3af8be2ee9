package records

import (
	"testing"

	"pgregory.net/rapid"
)

// TestArticleTable walks the table at random: only what was reviewed is ever shown, work on an article never hides what is shown,
// and withdrawing always does.
func TestArticleTable(t *testing.T) {
	inputs := []articleInput{reviseArticle, submitArticle, returnArticle, publishArticle, withdrawArticle, "nonsense"}
	rapid.Check(t, func(t *rapid.T) {
		state, live, newest, submitted := articleMachine.start, 0, 1, 0
		for _, input := range rapid.SliceOfN(rapid.SampledFrom(inputs), 1, 60).Draw(t, "inputs") {
			mv, ok := articleMachine.step(state, input)
			if !ok {
				continue
			}
			was := live
			switch input {
			case reviseArticle:
				newest++
			case submitArticle:
				submitted = newest
			}
			for _, e := range mv.do {
				switch e {
				case showVersion:
					live = newest
				case hideArticle:
					live = 0
				default:
					t.Fatalf("effect %q is not known", e)
				}
			}
			state = mv.next
			if live != was && live != 0 && live != submitted {
				t.Fatalf("version %d is shown, version %d was reviewed", live, submitted)
			}
			if live != was && input != publishArticle && input != withdrawArticle {
				t.Fatalf("%s changed what is shown", input)
			}
			if input == withdrawArticle && (live != 0 || state != ArticleWithdrawn) {
				t.Fatal("withdrawn and still shown")
			}
		}
	})
}
