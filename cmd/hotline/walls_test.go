package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the top of the tree, seen from this package.
const root = "../.."

// listed is what `go list` tells of one of our packages; imports of tests do not count.
type listed struct {
	ImportPath, Dir string
	GoFiles         []string
	CgoFiles        []string
	Imports, Deps   []string
}

func packages(t *testing.T) map[string]listed {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Dir,GoFiles,CgoFiles,Imports,Deps", "./...")
	command.Dir = root
	var complaints bytes.Buffer
	command.Stderr = &complaints
	text, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &complaints)
	}
	ours := map[string]listed{}
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if within(p.ImportPath, "hotline") {
			ours[p.ImportPath] = p
		}
	}
	if len(ours) < 6 {
		t.Fatalf("go list gives only %d packages of ours", len(ours))
	}
	return ours
}

// within reports whether a package is tree or lies below it.
func within(pkg, tree string) bool { return pkg == tree || strings.HasPrefix(pkg, tree+"/") }

func withinAny(pkg string, trees []string) bool {
	return slices.ContainsFunc(trees, func(tree string) bool { return within(pkg, tree) })
}

func TestRoomsDoNotKnowEachOther(t *testing.T) {
	rooms := []string{"hotline/pbx", "hotline/queue", "hotline/agent", "hotline/records"}
	for name, p := range packages(t) {
		for _, room := range rooms {
			if !within(name, room) {
				continue
			}
			for _, dep := range p.Deps {
				inHouse := within(dep, "hotline") && !within(dep, room)
				allowed := name == "hotline/pbx/pbxtest" && dep == "hotline/configs/asterisk"
				if inHouse && !allowed {
					t.Errorf("%s depends on %s: rooms meet in cmd/hotline only", name, dep)
				}
			}
		}
	}
}

func TestWhatMayBeImportedWhere(t *testing.T) {
	tests := []struct {
		what  string
		who   []string // trees that may import it
		truly bool     // it must be imported by somebody, else the rule has lost its object
	}{
		{"github.com/CyCoreSystems/ari", []string{"hotline/pbx"}, true},
		{"github.com/emiago/sipgo", []string{"hotline/pbx"}, true},
		{"github.com/redis/go-redis", []string{"hotline/queue", "hotline/agent"}, true},
		{"github.com/alicebob/miniredis", []string{"hotline/cmd/hotline"}, true}, // the Redis inside, for evaluation
		{"github.com/pion", []string{"hotline/cmd/hotline"}, true},               // the doctor's look at STUN and TURN servers
		{"github.com/chromedp", []string{"hotline/web/browser"}, true},
		{"github.com/jmoiron/sqlx", []string{"hotline/records"}, true},
		{"github.com/mattn/go-sqlite3", []string{"hotline/records"}, true},
		{"github.com/pressly/goose", []string{"hotline/records"}, true},
		{"github.com/jackc/pgx", []string{"hotline/records"}, false},
		{"database/sql", []string{"hotline/records"}, true},
		{"hotline/configs", []string{"hotline/cmd", "hotline/pbx/pbxtest"}, true},
		{"hotline/web", []string{"hotline/cmd", "hotline/web"}, false},
		{"hotline/pbx", []string{"hotline/cmd", "hotline/pbx"}, true},
		{"hotline/pbx/pbxtest", []string{"hotline/pbx/pbxtest", "hotline/cmd/bench", "hotline/cmd/demo", "hotline/cmd/phone", "hotline/cmd/internal/house"}, false},
		{"hotline/cmd/hotline", nil, false},
		{"log", nil, false}, // log/slog only
		{"testing", []string{"hotline/pbx/pbxtest", "hotline/web/browser"}, false},
	}
	ours := packages(t)
	for _, tt := range tests {
		met := false
		for name, p := range ours {
			for _, imported := range p.Imports {
				exact := tt.what == "log" || tt.what == "testing"
				if exact && imported != tt.what || !within(imported, tt.what) {
					continue
				}
				met = true
				if !withinAny(name, tt.who) {
					t.Errorf("%s imports %s, which only %v may", name, imported, tt.who)
				}
			}
		}
		if tt.truly && !met {
			t.Errorf("nobody imports %s any more: mend this table", tt.what)
		}
	}
	for _, p := range ours {
		if slices.Contains(p.Imports, "hotline/configs") && !within(p.ImportPath, "hotline/cmd") {
			t.Errorf("%s imports hotline/configs: pass it plain structs", p.ImportPath)
		}
	}
	for _, dep := range ours["hotline/cmd/hotline"].Deps {
		if dep == "testing" || within(dep, "hotline/pbx/pbxtest") || within(dep, "hotline/web/browser") {
			t.Errorf("the server carries %s", dep)
		}
	}
}

func TestRedisLivesInOneFileEach(t *testing.T) {
	for name, p := range packages(t) {
		var with []string
		for _, file := range slices.Concat(p.GoFiles, p.CgoFiles) {
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range parsed.Imports {
				imported, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				if within(imported, "github.com/redis/go-redis/v9") && !slices.Contains(with, file) {
					with = append(with, file)
				}
			}
		}
		if len(with) > 1 {
			t.Errorf("%s uses go-redis in %v: keep it in one file", name, with)
		}
	}
}

// vague are file names that do not say what is inside; "manager" is one, "service manager" is a person of the domain.
var vague = regexp.MustCompile(`^((.*_)?(utils?|helpers?|common|misc)|managers?)(_test)?\.go$`)

// longest is how many lines a file may have.
const longest = 450

func TestFilesAreShortAndNamed(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && entry.Name() != ".." {
			return fs.SkipDir
		}
		if entry.IsDir() || path.Ext(file) != ".go" {
			return nil
		}
		seen++
		if vague.MatchString(entry.Name()) {
			t.Errorf("%s: name it after what it holds", file)
		}
		if strings.HasSuffix(file, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(file)
		if lines := bytes.Count(text, []byte{'\n'}); lines > longest {
			t.Errorf("%s has %d lines, at most %d", file, lines, longest)
		}
		return err
	})
	if err != nil || seen < 20 {
		t.Errorf("walked over %d files: %v", seen, err)
	}
}
