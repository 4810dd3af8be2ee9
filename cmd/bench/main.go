// Command bench measures the hotline beside bare Dial() and Queue() on the same Asterisk, and alone what has no equal there.
//
// Everything is real: Asterisk 22, Redis, the hotline as a process, SIP phones on loopback. The variants take turns within
// each round; what is printed is the median over the rounds, a ratio being the median of each round's own ratio.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// options are the command line's.
type options struct {
	rounds int
	calls  int     // of each variant in each round
	rate   float64 // calls per second
	only   []string
	check  bool
	write  string
}

// sections are what can be measured on its own, in this order.
var sections = []section{
	{"latency", measureLatency},
	{"handoff", measureHandOff},
	{"matching", measureMatching},
	{"deadlines", measureDeadlines},
	{"memory", measureMemory},
	{"fanout", measureFanout},
	{"pop", measurePop},
}

// section is one part of a run. It may end with stage.Fatalf.
type section struct {
	name    string
	measure func(*stage, options) []row
}

func main() {
	o, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	os.Exit(run(o, os.Stdout))
}

func parse(args []string, out io.Writer) (options, error) {
	var o options
	var only string
	names := make([]string, len(sections))
	for i, s := range sections {
		names[i] = s.name
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.IntVar(&o.rounds, "rounds", 5, "how often everything is measured")
	flags.IntVar(&o.calls, "calls", 100, "calls of each variant in each round")
	flags.Float64Var(&o.rate, "rate", 10, "calls per second, arriving at random (Poisson)")
	flags.StringVar(&only, "only", strings.Join(names, ","), "what to measure")
	flags.BoolVar(&o.check, "check", false, "exit 1 when a goal is missed")
	flags.StringVar(&o.write, "write", "", "write the table into this Markdown file, too")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.only = strings.Split(only, ",")
	for _, name := range o.only {
		if !slices.Contains(names, name) {
			return o, fmt.Errorf("-only: %q is none of %s", name, strings.Join(names, ", "))
		}
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected %q", flags.Arg(0))
	case o.rounds < 1 || o.calls < 20 || o.rate <= 0 || o.rate > 50:
		return o, errors.New("at least 1 round of 20 calls, at more than 0 and at most 50 a second")
	}
	return o, nil
}

// run gives the exit code.
func run(o options, out io.Writer) int {
	s := newStage()
	defer s.end()
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupted
		s.end()
		os.Exit(130)
	}()

	var report report
	err := s.try(func() {
		report.machine = thisMachine(s)
		for _, part := range sections {
			if slices.Contains(o.only, part.name) {
				s.progress("%s", part.name)
				report.rows = append(report.rows, part.measure(s, o)...)
				s.end()
			}
		}
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 3
	}
	report.options, report.machine.asterisk = o, s.asterisk
	report.print(out)
	if o.write != "" {
		if err := report.write(o.write); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			return 3
		}
	}
	if missed := report.missed(); o.check && missed > 0 {
		fmt.Fprintf(os.Stderr, "bench: %d goals missed\n", missed)
		return 1
	}
	return 0
}
