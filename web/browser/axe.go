package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

// Violation is one rule of WCAG that a page breaks (axe-core, dequeuniversity.com/rules/axe).
type Violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"` // "serious" or "critical"
	Help   string `json:"help"`
	Nodes  []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", v.ID, v.Impact, v.Help)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n  %s\n    %s", n.HTML, strings.ReplaceAll(n.Summary, "\n", "\n    "))
	}
	return b.String()
}

// Axe runs axe-core on the page as it is and gives the serious and critical violations. axe-core comes from the pinned npm packages, not from
// the site.
//
// Colours are judged when they have come to rest. A fault is looked for twice: a button that just then becomes usable has for a moment
// the letters of the one state and the ground of the other, and nobody reads it so.
func (t *Tab) Axe() []Violation {
	t.b.tb.Helper()
	source, err := os.ReadFile(filepath.Join(NodeDir(t.ctx, t.b.tb.Fatalf), "node_modules/axe-core/axe.min.js"))
	if err != nil {
		t.b.tb.Fatalf("browser: axe: %v", err)
	}
	var found []Violation
	t.do("axe", func(ctx context.Context) error {
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](string(source)+"\n;0")); err != nil {
			return err
		}
		data, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](axeOnce+"().then((found) => found.length ? "+axeOnce+"() : found)", chromedp.EvalAwaitPromise))
		if err != nil {
			return err
		}
		return decode(data, &found)
	})
	return found
}

// axeOnce is a function that waits for what fades and runs axe.
const axeOnce = `(async () => {
	await Promise.allSettled(document.getAnimations().filter((a) => a instanceof CSSTransition).map((a) => a.finished));
	const r = await axe.run(document, {resultTypes: ["violations"], iframes: false});
	return r.violations.filter((v) => v.impact === "serious" || v.impact === "critical")
		.map((v) => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 5).map((n) => ({html: n.html.slice(0, 300), failureSummary: n.failureSummary}))}));
})`

// NodeDir gives the directory whose node_modules holds the pinned npm packages, and installs them when they are not there yet.
// failf is called when that is not possible.
func NodeDir(ctx context.Context, failf func(format string, args ...any)) string {
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			break
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		err = os.ErrNotExist
	}
	if err != nil {
		failf("browser: the module's directory: %v", err)
		return ""
	}
	script := exec.CommandContext(ctx, filepath.Join(dir, "deploy/test/node.sh"))
	script.Stderr = os.Stderr
	out, err := script.Output()
	if err != nil {
		failf("browser: deploy/test/node.sh: %v", err)
	}
	return strings.TrimSpace(string(out))
}
