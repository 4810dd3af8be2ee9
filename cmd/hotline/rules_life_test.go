package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
	"hotline/records"
)

// TestStoppingAndComingBackLeavesCallsAlone: SIGTERM with one talking and one waiting ends the process with 0 and neither
// call; the next process drives both on, owner, ring clock and place as they were. A reader of live events that comes back
// with Last-Event-ID misses nothing while the process lives; a pop's acknowledgement is measured.
func TestStoppingAndComingBackLeavesCallsAlone(t *testing.T) {
	h := openHouse(t, house.Options{Queue: house.PlainQueue + oneByOne})
	an := h.Agent("an", pbxtest.Behaviour{})
	whole := h.Listen(h.Admin, "", "")
	broken := h.Listen(h.Admin, "", "")
	desk := h.Listen(h.As("an"), "?desk=true", "")

	talking := h.Dial("13800130001", house.DIDMain)
	leg := h.Invite(an)
	var p house.Push[pop]
	h.Decode(desk.Wait("pop").Data, &p)
	var acked struct{ Milliseconds float64 }
	h.Decode(h.Must("POST", "/api/v1/pops/"+p.ID+"/ack", h.As("an"), nil), &acked)
	summary := metricsOf(t, h)["hotline_pop_latency_seconds"].GetMetric()[0].GetSummary()
	if acked.Milliseconds <= 0 || summary.GetSampleCount() != 1 || summary.GetSampleSum() <= 0 || summary.GetSampleSum() > house.Patience.Seconds() {
		t.Errorf("acknowledged after %v ms, measured %v", acked.Milliseconds, summary)
	}
	first := broken.Wait("offered")
	broken.Close()
	h.Answer(talking, leg)
	number := h.CaseOf(p.Call).Number
	waiting := h.Dial("13800130002", house.DIDMain)
	waits := h.LiveFrom("+8613800130002")

	resumed := h.Listen(h.Admin, "", first.ID)
	want, got := idsUntil(whole, "queued", waits.Call), idsUntil(resumed, "queued", waits.Call)
	for len(want) > 0 && want[0] != first.ID {
		want = want[1:]
	}
	if len(want) < 2 || strings.Join(want[1:], " ") != strings.Join(got, " ") {
		t.Errorf("resumed after %s the reader got %v, who stayed got %v", first.ID, got, want)
	}

	before := time.Since(waiting.At(pbxtest.MarkRinging))
	h.Stop() // exit 0, or it fails
	h.Talk(talking, leg)
	if waiting.Passed(pbxtest.MarkEnded) {
		t.Fatal("the waiting caller was dropped by an orderly stop")
	}
	h.Start()
	h.Eventually("both are driven again", func() bool {
		a, b := h.Call(p.Call).Live, h.Call(waits.Call).Live
		return a != nil && a.State == "talking" && a.Agent == "an" && b != nil && b.State == "waiting"
	})
	h.Talk(talking, leg)
	if c := h.Case(number); c.Owner != "an" {
		t.Errorf("after the restart the case is %s's", c.Owner)
	}
	h.Wait("hanging up", talking.HangUp)
	h.Answer(waiting, h.Invite(an))
	v := h.Call(waits.Call)
	rang := time.Since(waiting.At(pbxtest.MarkRinging))
	if waited := time.Duration(v.WaitedMS) * time.Millisecond; waited < before || waited > rang || v.Rings != int(waited/house.Ring)+1 {
		t.Errorf("the caller heard ringing for %v to %v; the verdict says %+v", before, rang, v)
	}
	h.Wait("hanging up", waiting.HangUp)
	h.Eventually("an is ready", func() bool { return h.Presence("an") == "ready" })
	h.Run("verify")
	h.Stop()
}

// idsUntil gives the ids of the events up to one of a call.
func idsUntil(s *house.Stream, kind, call string) (ids []string) {
	late := time.After(house.Patience)
	for {
		select {
		case e := <-s.Events:
			if e.ID != "" && e.Kind != "hello" {
				ids = append(ids, e.ID)
			}
			if e.Kind == kind && bytes.Contains(e.Data, []byte(call)) {
				return ids
			}
		case <-s.Done:
			return append(ids, "stream ended")
		case <-late:
			return append(ids, "late")
		}
	}
}

// TestTheFirstAdministratorIsToldOnce starts a hotline on an empty directory: the password is printed, signs in, is on no
// disk, and is not printed again.
func TestTheFirstAdministratorIsToldOnce(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "hotline.yaml")
	text := fmt.Sprintf(`http: {listen: "127.0.0.1:0"}
data: {dir: "%s"}
redis: {url: "unix://%s"}
switches: [{name: main, kind: asterisk, url: "http://127.0.0.1:1/ari", password: "no switch there"}]
`, filepath.Join(dir, "data"), filepath.Join(dir, "no-redis.sock"))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func() (printed string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), house.Patience)
		defer cancel()
		cmd := exec.CommandContext(ctx, os.Args[0], "serve", "--config", config) //nolint:gosec // this test itself
		cmd.Env = append(os.Environ(), "HOTLINE_TEST_MAIN=1")
		var out bytes.Buffer
		cmd.Stdout = &out
		diag, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for scan := bufio.NewScanner(diag); scan.Scan(); {
			if strings.Contains(scan.Text(), "hotline serves") {
				_ = cmd.Process.Signal(syscall.SIGTERM)
			}
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("serve: %v", err)
		}
		return out.String()
	}
	printed := run()
	found := regexp.MustCompile(`as  admin  with the password  (\S{20,})`).FindStringSubmatch(printed)
	if found == nil {
		t.Fatalf("the first start printed %q", printed)
	}
	if again := run(); strings.Contains(again, "password") {
		t.Errorf("the second start printed %q", again)
	}
	files := 0
	err := filepath.WalkDir(filepath.Join(dir, "data"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(found[1])) {
			t.Errorf("%s holds the password", path)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files of data: %v", files, err)
	}
	store, err := openAdmin(t, filepath.Join(dir, "data", "hotline.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Authenticate(t.Context(), "admin", found[1]); err != nil {
		t.Errorf("the printed password does not sign in: %v", err)
	}
}

func openAdmin(t *testing.T, path string) (*records.Store, error) {
	t.Helper()
	store, err := records.Open(t.Context(), records.Options{Path: path, Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		t.Cleanup(func() {
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return store, err
}
