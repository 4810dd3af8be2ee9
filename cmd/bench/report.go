package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"text/tabwriter"
)

// row is one line of the table.
type row struct {
	what, unit           string
	dial, queue, hotline float64 // NaN where there is nothing to measure
	ratio                float64 // of the hotline to whom the goal names; NaN without
	goals                []goal
}

// goal is a bound that a figure must not exceed.
type goal struct {
	text  string
	value float64
	most  float64
}

func (g goal) met() bool { return g.value <= g.most } // NaN is not met

// alone is a row without anything to compare with.
func alone(what, unit string, value float64, goals ...goal) row {
	return row{what: what, unit: unit, dial: math.NaN(), queue: math.NaN(), hotline: value, ratio: math.NaN(), goals: goals}
}

// atMost is a goal on the figure itself.
func atMost(value, most float64, unit string) goal {
	return goal{text: fmt.Sprintf("≤ %s %s", figure(most), unit), value: value, most: most}
}

// against is a goal on a ratio to another.
func against(whom string, ratio, most float64) goal {
	return goal{text: fmt.Sprintf("≤ %s × %s", figure(most), whom), value: ratio, most: most}
}

// report is a whole run.
type report struct {
	machine machine
	options options
	rows    []row
}

func (r report) missed() (n int) {
	for _, row := range r.rows {
		for _, g := range row.goals {
			if !g.met() {
				n++
			}
		}
	}
	return n
}

var heading = []string{"what", "unit", "Dial()", "Queue()", "hotline", "ratio", "goal", "met"}

func (row row) cells() []string {
	var texts, verdicts []string
	for _, g := range row.goals {
		texts = append(texts, g.text)
		verdict := "yes"
		if !g.met() {
			verdict = "NO"
		}
		verdicts = append(verdicts, verdict)
	}
	return []string{
		row.what, row.unit, figure(row.dial), figure(row.queue), figure(row.hotline), figure(row.ratio),
		strings.Join(texts, "; "), strings.Join(verdicts, "; "),
	}
}

// print writes the table for a terminal.
func (r report) print(out io.Writer) {
	fmt.Fprintln(out, r.machine.sentence())
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.Join(heading, "\t"))
	for _, row := range r.rows {
		fmt.Fprintln(table, strings.Join(row.cells(), "\t"))
	}
	_ = table.Flush() // a terminal that is gone needs no table
}

// write puts the table into a Markdown file.
func (r report) write(path string) error {
	var b strings.Builder
	b.WriteString("# Benchmarks\n\nWritten by `go run ./cmd/bench -write docs/benchmarks.md` from one run; `make bench` prints the same table.\n\n")
	b.WriteString(r.machine.sentence() + "\n\n")
	fmt.Fprintf(&b, "%d rounds, the variants taking turns in each; %d calls of each variant a round at %s calls/s (Poisson).\n"+
		"Figures are medians over the rounds, ratios medians of each round's own ratio. %s\n\n",
		r.options.rounds, r.options.calls, figure(r.options.rate), method)
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(heading, " | "), strings.Repeat("---|", len(heading)))
	for _, row := range r.rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row.cells(), " | "))
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil { //nolint:gosec // a page of documentation
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}

// method is what a reader must know to doubt the figures.
const method = "One process is callers and phones, all on loopback, without voice. `Dial()` is told a phone that is free;\n" +
	"`Queue()` (with autofill, otherwise its defaults) and the hotline choose among as many idle ones; each has its own. Phones\n" +
	"answer at once and talk for 0.3 s. CPU is user and system time of the processes, while they do nothing included."

// figure prints three significant digits, "–" for NaN.
func figure(v float64) string {
	switch abs := math.Abs(v); {
	case math.IsNaN(v):
		return "–"
	case abs >= 100 || v == math.Trunc(v):
		return fmt.Sprintf("%.0f", v)
	case abs >= 10:
		return fmt.Sprintf("%.1f", v)
	case abs >= 1:
		return fmt.Sprintf("%.2f", v)
	case abs >= 0.01:
		return fmt.Sprintf("%.3f", v)
	}
	return fmt.Sprintf("%.2g", v)
}
