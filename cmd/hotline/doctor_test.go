package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/configs"
	"hotline/pbx/pbxtest"
)

// diagnosed looks for a diagnosis by the beginning of its part.
func diagnosed(found []diagnosis, part string) (diagnosis, bool) {
	for _, d := range found {
		if strings.HasPrefix(d.part, part) {
			return d, true
		}
	}
	return diagnosis{}, false
}

func TestDoctorWithEverythingThere(t *testing.T) {
	redis := pbxtest.StartRedis(t)
	asterisk := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{Name: "main", DIDs: []string{"4000000000"}})
	data := t.TempDir()
	if err := os.Chmod(data, 0o750); err != nil {
		t.Fatal(err)
	}
	environ := []string{
		"HOTLINE_REDIS_URL=redis://" + redis.Addr,
		"HOTLINE_SWITCHES=[{name: main, kind: asterisk, url: '" + asterisk.ARIURL + "', user: " + asterisk.ARIUser + ", password: '" + asterisk.ARIPassword + "'}]",
	}
	if r := hotline(t, environ, "", "--data", data, "user", "add", "root", "--role", "administrator"); r.code != exitOK {
		t.Fatalf("user add: %+v", r)
	}
	r := hotline(t, environ, "", "--data", data, "doctor")
	if r.code != exitOK {
		t.Fatalf("doctor: %+v", r)
	}
	for _, want := range []string{
		"✓ configuration", "✓ secrets", "✓ data directory", "✓ records", "✓ disk: ", "✓ vault: ", "✓ probe: ", "✓ mail: ", "✓ customers' links: ", "✓ redis: answers, version ", "✓ redis persistence",
		"✓ switch main: answers, Asterisk 2", "✓ switch main clock: agrees", "✓ switch main modules: all there",
		"✓ switch main application hotline: no controller is connected now", "checks passed",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("the doctor does not say %q:\n%s", want, r.out)
		}
	}

	wrong := []string{environ[0], strings.Replace(environ[1], asterisk.ARIPassword, "wrong-password", 1)}
	if r := hotline(t, wrong, "", "--data", data, "doctor"); r.code != exitFailed || !strings.Contains(r.out, "✗ switch main: answers HTTP 401\n    → user") {
		t.Errorf("with a wrong ARI password: %+v", r)
	}
}

func TestDoctorWithNothingThere(t *testing.T) {
	closed := closedAddress(t)
	environ := []string{
		"HOTLINE_REDIS_URL=redis://" + closed,
		"HOTLINE_SWITCHES=[{name: main, kind: asterisk, url: 'http://" + closed + "/ari', password_file: /does/not/exist}]",
	}
	r := hotline(t, environ, "", "--data", filepath.Join(t.TempDir(), "none"), "doctor")
	for _, want := range []string{"✗ secrets", "✗ data directory", "✗ redis: cannot be reached", "✗ switch main: cannot be reached", "4 of 11 checks failed"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("the doctor does not say %q:\n%s", want, r.out)
		}
	}
	if bad, remedies := strings.Count(r.out, "✗"), strings.Count(r.out, "    → "); r.code != exitFailed || bad != remedies {
		t.Errorf("exit code %d, %d findings with %d remedies:\n%s", r.code, bad, remedies, r.out)
	}
}

// closedAddress gives a loopback address on which nobody listens.
func closedAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestDoctorRedis(t *testing.T) {
	tests := []struct {
		name, url, say string
		part, detail   string
		good           bool
	}{
		{"old", "redis://", bulk("redis_version:5.0.3\r\nrole:master\r\naof_enabled:1\r\n"), "redis", "is version 5.0.3", false},
		{"replica", "redis://", bulk("redis_version:7.2.1\r\nrole:slave\r\naof_enabled:1\r\n"), "redis role", "replica", false},
		{"forgetful", "redis://", bulk("redis_version:7.2.1\r\nrole:master\r\naof_enabled:0\r\n"), "redis persistence", "append-only file is off", false},
		{"evicting", "redis://", bulk("redis_version:7.2.1\r\nrole:master\r\nmaxmemory:9\r\nmaxmemory_policy:allkeys-lru\r\n"), "redis eviction", "allkeys-lru", false},
		{"password", "redis://u:wrong@", "-WRONGPASS invalid\r\n", "redis", "WRONGPASS", false},
		{"no Redis", "redis://", "HTTP/1.1 400 Bad Request\r\n", "redis", "no Redis", false},
		{"endless", "redis://", "$999999999\r\n", "redis", "makes no sense", false},
		{"cut off", "redis://", "$20\r\nredis", "redis", "read redis' answer", false},
		{"fine", "redis://", bulk("redis_version:7.2.1\r\nrole:master\r\naof_enabled:1\r\n"), "redis persistence", "is on", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := diagnoseRedis(t.Context(), tt.url+saying(t, tt.say))
			d, ok := diagnosed(found, tt.part)
			if !ok || d.good != tt.good || !strings.Contains(d.detail, tt.detail) || !d.good && d.mend == "" {
				t.Errorf("found %+v", found)
			}
		})
	}
	t.Run("silent", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		found := diagnoseRedis(ctx, "redis://"+saying(t, ""))
		if len(found) != 1 || !strings.Contains(found[0].mend, "in time") {
			t.Errorf("found %+v", found)
		}
	})
}

// bulk is text as Redis answers it (RESP bulk string).
func bulk(text string) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(text), text) }

// saying is a server that answers the first bytes of each connection with text and then waits for its end.
func saying(t *testing.T, text string) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		buffer := make([]byte, 1024)
		if _, err := conn.Read(buffer); err != nil {
			return
		}
		if _, err := conn.Write([]byte(text)); err != nil || text != "" {
			return
		}
		_, _ = conn.Read(buffer) // ends when the doctor gives up
	}()
	t.Cleanup(func() { _ = listener.Close(); <-ended })
	return listener.Addr().String()
}

func TestDoctorARI(t *testing.T) {
	all := []map[string]string{}
	for _, name := range neededModules() {
		all = append(all, map[string]string{"name": name, "status": "Running"})
	}
	late := time.Now().Add(-time.Minute).UTC().Format(http.TimeFormat)
	info := map[string]any{"system": map[string]string{"version": "22.5.1"}}
	filtered := map[string]any{"events_allowed": []map[string]string{{"type": "StasisStart"}}, "events_disallowed": []any{}}
	tests := []struct {
		name         string
		pages        map[string]any
		date         string
		part, detail string
		good         bool
	}{
		{"old", map[string]any{"asterisk/info": map[string]any{"system": map[string]string{"version": "18.2.0"}}}, "", "switch main", "is Asterisk 18.2.0", false},
		{"not ARI", map[string]any{"asterisk/info": "hello"}, "", "switch main", "not as ARI does", false},
		{"wrong path", nil, "", "switch main", "HTTP 404", false},
		{"clock", map[string]any{"asterisk/info": info}, late, "switch main clock", "from ours: rings would be counted wrongly", false},
		{"modules", map[string]any{"asterisk/info": info, "asterisk/modules": all[1:]}, "", "switch main modules", "not running: " + all[0]["name"], false},
		{"controller", map[string]any{"asterisk/info": info, "asterisk/modules": all, "applications/hotline": filtered}, "", "switch main application", "event filter on", true},
		{"stranger", map[string]any{"asterisk/info": info, "asterisk/modules": all, "applications/hotline": map[string]any{}}, "", "switch main application", "without an event filter", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				page, ok := tt.pages[strings.TrimPrefix(r.URL.Path, "/ari/")]
				if user, password, _ := r.BasicAuth(); user != "hotline" || password != "secret" || !ok {
					http.NotFound(w, r)
					return
				}
				if tt.date != "" {
					w.Header().Set("Date", tt.date)
				}
				if err := json.NewEncoder(w).Encode(page); err != nil {
					t.Error(err)
				}
			}))
			defer server.Close()
			found := diagnoseARI(t.Context(), configs.Switch{
				Name: "main", URL: server.URL + "/ari", User: "hotline", Password: "secret", Application: "hotline",
			})
			d, ok := diagnosed(found, tt.part)
			if !ok || d.good != tt.good || !strings.Contains(d.detail, tt.detail) || !d.good && d.mend == "" {
				t.Errorf("found %+v", found)
			}
		})
	}
}

func TestDoctorData(t *testing.T) {
	dir := t.TempDir()
	open := filepath.Join(dir, "open")
	if err := os.Mkdir(open, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	file := write(t, filepath.Join(dir, "file"), "")
	for path, want := range map[string]string{open: "open to every user", file: "is a file", filepath.Join(dir, "none"): "does not exist"} {
		if found := diagnoseData(path); len(found) != 1 || found[0].good || found[0].mend == "" || !strings.Contains(found[0].detail, want) {
			t.Errorf("%s: %+v, want %q", path, found, want)
		}
	}
}

func TestOlderThan(t *testing.T) {
	for version, want := range map[string]bool{"6.2.0": false, "6.2": false, "6.1.9": true, "7": false, "10.0.1": false, "": true, "6.2.0-rc1": false} {
		if got := olderThan(version, "6.2.0"); got != want {
			t.Errorf("olderThan(%q) = %v", version, got)
		}
	}
}
