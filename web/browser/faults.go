package browser

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Expect permits faults whose text contains part, e.g. "404" with the address, for the rest of the test.
func (t *Tab) Expect(part string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expected = append(t.expected, part)
}

// Faults gives what went wrong in the page so far and was not expected.
func (t *Tab) Faults() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(t.faults), func(fault string) bool {
		return slices.ContainsFunc(t.expected, func(part string) bool { return strings.Contains(fault, part) })
	})
}

func (t *Tab) fault(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults = append(t.faults, fmt.Sprintf(format, args...))
}

// listen notes faults. Failed requests and violated policies come as log entries.
func (t *Tab) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
		t.fault("exception: %s at %s:%d", text, e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			words := make([]string, len(e.Args))
			for i, a := range e.Args {
				words[i] = strings.Trim(string(a.Value), `"`)
				if words[i] == "" {
					words[i] = a.Description
				}
			}
			t.fault("console: %s", strings.Join(words, " "))
		}
	case *page.EventJavascriptDialogOpening:
		// A page that asks before it is left is left; any other question is a fault, for nobody would answer it.
		if e.Type != page.DialogTypeBeforeunload {
			t.fault("dialog: %s", e.Message)
		}
		go func() {
			_, _ = chromedp.Call(t.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			t.fault("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	}
}

func decode(data []byte, out any) error {
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%s: %w", data, err)
	}
	return nil
}
