package asterisk

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

// full is a plan in which every template says everything it can.
func full() Plan {
	return Plan{
		Name: "east1", EtcDir: "/etc/asterisk", Language: "en", ARIPassword: "golden-password",
		SIP: "192.0.2.10:5060", External: "203.0.113.7", LocalNets: []string{"192.0.2.0/24"}, STUN: "stun.example.org:3478",
		Trunks: []Trunk{
			{Name: "carrier", Addresses: []string{"198.51.100.4", "198.51.100.64/28"}},
			{Name: "backup", Addresses: []string{"2001:db8::4"}, Codecs: []string{"alaw"}},
		},
		DIDs: []string{"4008001234", "95012"}, WebCallers: true,
		Outbound: &Outbound{Address: "sip.example.org:5060", CallerID: "4008001234", User: "hotline", Password: "golden-provider"},
		Phones: []Phone{
			{Name: "desk", HA1: strings.Repeat("0a", 16)}, {Name: "browser", HA1: strings.Repeat("1b", 16), WebRTC: true},
		},
		Watchdog: 15 * time.Second,
		Ringback: Ringback{Hz: 425, On: 1500 * time.Millisecond, Off: 3 * time.Second},
		Baseline: &Baseline{
			DialDID: "5001", QueueDID: "5002", Phones: []string{"desk", "browser"},
			Direct: map[string]string{"5011": "desk", "5012": "browser"}, LoneDID: "5003", LonePhone: "desk",
		},
	}
}

// TestGolden shows every file as it is written. After a wanted change: go test ./configs/asterisk -update, and read the
// difference.
func TestGolden(t *testing.T) {
	dir := t.TempDir()
	result, err := Render(full(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range result.Files {
		name, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(name, "moh") || strings.HasPrefix(name, "prompts") {
			continue // sound
		}
		names = append(names, name)
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", "golden", name)
		if *update {
			if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from %s:\n%s", name, golden, got)
		}
	}
	golden, err := filepath.Glob("testdata/golden/*")
	if err != nil || len(golden) != len(names) {
		t.Errorf("%d golden files for %d written ones: %v", len(golden), len(names), err)
	}
}

func TestFilesAreForTheirOwnerAndGroupOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "asterisk")
	result, err := Render(Plan{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	var written []string
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o640)
		if entry.IsDir() {
			want = 0o750 | fs.ModeDir
		} else {
			written = append(written, path)
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(written, result.Files) {
		t.Errorf("written %v\nreported %v", written, result.Files)
	}
}

func TestPasswordIsMadeOnceAndKept(t *testing.T) {
	dir := t.TempDir()
	first, err := Render(Plan{}, dir)
	if err != nil || !first.NewPassword || len(first.ARIPassword) < 26 {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := Render(Plan{DIDs: []string{"4001"}}, dir)
	if err != nil || again.NewPassword || again.ARIPassword != first.ARIPassword {
		t.Errorf("rendered again: new %v, same %v, %v", again.NewPassword, again.ARIPassword == first.ARIPassword, err)
	}
	given, err := Render(Plan{ARIPassword: "given-by-hand"}, dir)
	if err != nil || given.NewPassword || given.ARIPassword != "given-by-hand" {
		t.Errorf("given: %+v, %v", given, err)
	}
	for _, name := range []string{"ari.conf", PasswordFile} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(string(content), "given-by-hand\n") || strings.Contains(string(content), first.ARIPassword) {
			t.Errorf("%s does not hold the given password alone: %v", name, err)
		}
	}
	elsewhere, err := Render(Plan{}, t.TempDir())
	if err != nil || elsewhere.ARIPassword == first.ARIPassword {
		t.Errorf("two directories share a password: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, PasswordFile), []byte("a b\n[evil]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Render(Plan{}, dir); err == nil {
		t.Error("a spoilt password file was taken")
	}
}

// TestHoldMusicIsHeard: long enough to loop, never clipped, never silent for a second.
func TestHoldMusicIsHeard(t *testing.T) {
	pcm := holdMusic()
	if len(pcm) != 2*8000*20 {
		t.Fatalf("%d bytes, want 20 s", len(pcm))
	}
	for second := range len(pcm) / 16000 {
		loudest := 0
		for i := second * 16000; i < (second+1)*16000; i += 2 {
			sample := int(int16(uint16(pcm[i]) | uint16(pcm[i+1])<<8))
			loudest = max(loudest, sample, -sample)
		}
		if loudest < 10 || loudest > 30000 {
			t.Errorf("second %d: loudest sample %d", second, loudest)
		}
	}
}
