package configs

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
)

// Load reads the file at path over Default, then environ (as os.Environ gives it) over the file, and checks the result.
// With path "" there is no file. The error is of type Problems and holds everything that is wrong; the Config that comes
// with it is what could be read. Secrets kept in files are read by ReadSecrets.
func Load(path string, environ []string) (Config, error) {
	if path == "" {
		return decode("environment", nil, environ)
	}
	text, err := readFile(path)
	if err != nil {
		return Default(), Problems{unreadable(path, err)}
	}
	return decode(path, text, environ)
}

// decode is Load for a text that was read.
func decode(source string, text []byte, environ []string) (Config, error) {
	cfg := Default()
	at := places{}
	body, ps := parse(source, text)
	d := decoder{source: source, at: at, problems: ps}
	if body != nil {
		d.node(body, reflect.ValueOf(&cfg).Elem(), "")
	}
	ps = append(d.problems, override(&cfg, environ, at)...)
	checks := withoutEchoes(check(cfg), ps)
	start := position{source: source, line: 1, column: 1}
	if text == nil {
		start = position{source: source}
	}
	at.locate(checks, start)
	ps = append(ps, checks...)
	slices.SortStableFunc(ps, func(a, b Problem) int {
		if a.Source != b.Source {
			if a.Source == source {
				return -1
			}
			return 1
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return cfg, ps.orNil()
}

// withoutEchoes drops what the checks say about values that could not be read: those kept their defaults.
func withoutEchoes(checks, unread Problems) Problems {
	broken := map[string]bool{}
	for _, p := range unread {
		broken[p.Key] = p.Key != ""
	}
	return slices.DeleteFunc(checks, func(p Problem) bool {
		for key := p.Key; key != ""; key = parentKey(key) {
			if broken[key] {
				return true
			}
		}
		return false
	})
}

// readFile reads at most one byte more than parse takes, so that a wrong path to something endless ends too.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxBytes+1))
}

func unreadable(path string, err error) Problem {
	p := Problem{Source: path, What: "cannot be read: " + plain(err)}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.What, p.Mend = "does not exist", "give the path with --config or "+Prefix+"CONFIG; configs/hotline.yaml is a start"
	case errors.Is(err, fs.ErrPermission):
		p.What, p.Mend = "may not be read by this user", "run as the service's user, or chown it to this user and chmod it 0640"
	}
	return p
}

// plain takes the path out of an operating system error; the message has it already.
func plain(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return strings.TrimSpace(err.Error())
}
