package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMakeHelp: every target of the Makefile stands in `make help`.
func TestMakeHelp(t *testing.T) {
	help, err := exec.CommandContext(t.Context(), "make", "-s", "-C", root, "help").Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	targets := regexp.MustCompile(`(?m)^\.PHONY: (\S+)`).FindAllStringSubmatch(string(text), -1)
	if len(targets) < 10 {
		t.Fatalf("%d targets", len(targets))
	}
	for _, target := range targets {
		if !regexp.MustCompile(`(?m)^  make ` + target[1] + ` +\S`).Match(help) {
			t.Errorf("make %s is not in `make help`", target[1])
		}
	}
}

// TestMakeRun runs the README's first command, but for its addresses and its data: it says where it serves, is ready, tells the first
// administrator's password once, and ends by Ctrl-C.
func TestMakeRun(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute) // it builds
	defer cancel()
	cmd := exec.CommandContext(ctx, "make", "-C", root, "run")
	cmd.Env = append(os.Environ(), "HOTLINE_HTTP_LISTEN=127.0.0.1:0", "HOTLINE_DATA_DIR="+filepath.Join(t.TempDir(), "data"),
		`HOTLINE_SWITCHES=[{name: main, kind: embedded, bind: ""}]`)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches make and what it runs
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	address := ""
	lines := bufio.NewScanner(out)
	for address == "" && lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if m := regexp.MustCompile(`^Hotline: (http://\S+/)`).FindStringSubmatch(lines.Text()); m != nil {
			address = m[1]
		}
	}
	if address == "" {
		t.Fatalf("it never said where it serves: %v\n%s", cmd.Wait(), said.String())
	}
	if n := strings.Count(said.String(), "with the password"); n != 1 {
		t.Errorf("the first administrator's password was shown %d times:\n%s", n, said.String())
	}
	rest := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(out)
		rest <- string(text)
	}()
	body := ""
	for tick := time.NewTicker(20 * time.Millisecond); !strings.HasPrefix(body, `{"state":"up"`); <-tick.C {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"readyz", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatalf("%v; readyz said %s", err, body)
		}
		text, err := io.ReadAll(answer.Body)
		if _ = answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
		body = string(text)
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	last := <-rest
	if err := cmd.Wait(); ctx.Err() != nil {
		t.Fatalf("it does not end: %v\n%s", err, last)
	}
	if !strings.Contains(last, "hotline stops") {
		t.Errorf("it ended without a word:\n%s", last)
	}
}
