package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/chromedp/chromedp"
)

// Freeze makes the browser stand still with all its processes (SIGSTOP), as a machine that hangs or falls asleep. Its tabs answer nothing
// until Thaw.
func (b *Browser) Freeze() { b.tb.Helper(); b.signal(syscall.SIGSTOP) }

// Thaw ends a Freeze.
func (b *Browser) Thaw() { b.tb.Helper(); b.signal(syscall.SIGCONT) }

// signal reaches the browser and all its descendants: sound and network live in processes of their own.
func (b *Browser) signal(signal syscall.Signal) {
	b.tb.Helper()
	children, err := processes()
	if err != nil {
		b.tb.Fatalf("browser: processes: %v", err)
	}
	family := []int{chromedp.FromContext(b.ctx).Browser.Process().Pid}
	for i := 0; i < len(family); i++ {
		family = append(family, children[family[i]]...)
	}
	if signal == syscall.SIGCONT {
		slices.Reverse(family) // the eldest last: it must not take its children for hung
	}
	for _, pid := range family {
		_ = syscall.Kill(pid, signal) // one that has ended meanwhile needs none
	}
}

// processes gives the children of each process of the machine (proc(5)).
func processes() (map[int][]int, error) {
	found, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	children := map[int][]int{}
	for _, path := range found {
		data, err := os.ReadFile(path) //nolint:gosec // a path of proc(5)
		if err != nil {
			continue // ended meanwhile
		}
		head, rest, _ := strings.Cut(string(data), " ")
		fields := strings.Fields(rest[strings.LastIndexByte(rest, ')')+1:]) // a name may hold blanks and brackets
		pid, err1 := strconv.Atoi(head)
		parent, err2 := strconv.Atoi(fields[1])
		if err1 == nil && err2 == nil {
			children[parent] = append(children[parent], pid)
		}
	}
	return children, nil
}
