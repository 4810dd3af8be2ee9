package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"hotline/pbx/pbxtest"
	"hotline/web/browser"
)

// stage is what the real parts need of whoever starts them (pbxtest.TB), outside of a test: what it starts is ended by end,
// and what goes wrong ends the run.
type stage struct {
	began    time.Time
	asterisk string // version of the one that was started, if any

	mu       sync.Mutex
	cleanups []func()
	ending   sync.Mutex
}

var (
	_ pbxtest.TB = (*stage)(nil)
	_ browser.TB = (*stage)(nil)
)

func newStage() *stage { return &stage{began: time.Now()} }

// failure is what Fatalf throws and try catches.
type failure struct{ error }

// Helper implements pbxtest.TB; there are no line numbers to mend.
func (s *stage) Helper() {}

// Fatalf ends the run. It must be called on the goroutine of try, as with testing.TB.
func (s *stage) Fatalf(format string, args ...any) { panic(failure{fmt.Errorf(format, args...)}) }

// Errorf ends the run, too: figures of something that went wrong are none.
func (s *stage) Errorf(format string, args ...any) { s.Fatalf(format, args...) }

// Logf tells on standard error.
func (s *stage) Logf(format string, args ...any) { s.progress(format, args...) }

// Cleanup has f called by end, last first.
func (s *stage) Cleanup(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cleanups = append(s.cleanups, f)
}

// TempDir is a directory that goes with end.
func (s *stage) TempDir() string {
	dir, err := os.MkdirTemp("", "hotline-bench-")
	if err != nil {
		s.Fatalf("bench: %v", err)
	}
	s.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			s.Logf("%v", err)
		}
	})
	return dir
}

// end takes down everything that was started.
func (s *stage) end() {
	s.ending.Lock()
	defer s.ending.Unlock()
	for {
		s.mu.Lock()
		if len(s.cleanups) == 0 {
			s.mu.Unlock()
			return
		}
		last := s.cleanups[len(s.cleanups)-1]
		s.cleanups = s.cleanups[:len(s.cleanups)-1]
		s.mu.Unlock()
		if err := s.try(last); err != nil {
			s.Logf("%v", err)
		}
	}
}

// try runs f and gives what Fatalf said in it.
func (s *stage) try(f func()) (err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			failed, ok := thrown.(failure)
			if !ok {
				panic(thrown)
			}
			err = failed.error
		}
	}()
	f()
	return nil
}

// must ends the run when err is one.
func (s *stage) must(what string, err error) {
	if err != nil {
		s.Fatalf("%s: %v", what, err)
	}
}

func (s *stage) progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%6.1f s  %s\n", time.Since(s.began).Seconds(), fmt.Sprintf(format, args...))
}

// within bounds a step.
func (s *stage) within(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}
