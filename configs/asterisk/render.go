package asterisk

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

//go:embed conf/*.tmpl
var templates embed.FS

// prompts are the phone survey's, made by deploy/asterisk/prompts.sh.
//
//go:embed prompts/*/*.gsm
var prompts embed.FS

// PasswordFile is the name of the file in the rendered directory that holds the ARI password alone, for the
// controller's password_file.
const PasswordFile = "ari.password"

// Result is what Render did.
type Result struct {
	Files       []string // absolute paths, sorted
	ARIUser     string
	ARIPassword string
	NewPassword bool // made now, not found in the directory or given
}

// Render writes the whole configuration into dir (made 0750 when missing; files 0640). A password that is not given is
// kept from the last time or made anew. Every file is replaced as a whole, so a running Asterisk never reads half of
// one. The error names every fault of the plan; nothing is written then.
func Render(plan Plan, dir string) (Result, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Result{}, fmt.Errorf("asterisk configuration: %w", err)
	}
	plan = plan.withDefaults(dir)
	if err := plan.validate(); err != nil {
		return Result{}, err
	}
	result := Result{ARIUser: plan.ARIUser}
	if plan.ARIPassword, result.NewPassword, err = password(plan.ARIPassword, dir); err != nil {
		return Result{}, err
	}
	result.ARIPassword = plan.ARIPassword
	files, err := plan.files()
	if err != nil {
		return Result{}, err
	}
	subs := []string{dir, filepath.Join(dir, "moh")}
	if plan.Outbound != nil {
		subs = append(subs, filepath.Join(dir, "prompts", "zh"), filepath.Join(dir, "prompts", "en"))
	}
	for _, sub := range subs {
		if err := os.MkdirAll(sub, 0o750); err != nil {
			return Result{}, fmt.Errorf("asterisk configuration: %w", err)
		}
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := replace(path, content); err != nil {
			return Result{}, fmt.Errorf("asterisk configuration: %w", err)
		}
		result.Files = append(result.Files, path)
	}
	slices.Sort(result.Files)
	return result, nil
}

// files renders every template. Without a baseline the files of app_queue would only tell of a module that is not there.
func (p Plan) files() (map[string][]byte, error) {
	parsed, err := template.New("").Funcs(template.FuncMap{"join": strings.Join}).ParseFS(templates, "conf/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("asterisk configuration: %w", err)
	}
	names, err := fs.Glob(templates, "conf/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("asterisk configuration: %w", err)
	}
	files := map[string][]byte{
		PasswordFile:      []byte(p.ARIPassword + "\n"),
		"moh/hotline.sln": holdMusic(),
	}
	if p.Outbound != nil {
		sounds, err := fs.Glob(prompts, "prompts/*/*.gsm")
		if err != nil {
			return nil, fmt.Errorf("asterisk configuration: %w", err)
		}
		for _, name := range sounds {
			if files[name], err = prompts.ReadFile(name); err != nil {
				return nil, fmt.Errorf("asterisk configuration: %w", err)
			}
		}
	}
	view := p.view()
	for _, name := range names {
		name = filepath.Base(name)
		if strings.HasPrefix(name, "queue") && p.Baseline == nil {
			continue
		}
		var out bytes.Buffer
		if err := parsed.ExecuteTemplate(&out, name, view); err != nil {
			return nil, fmt.Errorf("asterisk configuration: %w", err)
		}
		files[strings.TrimSuffix(name, ".tmpl")] = out.Bytes()
	}
	return files, nil
}

// view is the plan in the units in which Asterisk reads it.
type view struct {
	Plan
	Realm                                                 string
	HTTPHost, HTTPPort                                    string
	Modules, Declined                                     []string
	WatchdogSeconds, FallbackRingSeconds, FallbackSeconds int64
	ToneHz                                                int
	RingOn, RingOff                                       int64 // ms
}

func (p Plan) view() view {
	host, port, _ := net.SplitHostPort(p.HTTP) // validate parsed it
	return view{
		Plan:                p,
		Realm:               Realm,
		HTTPHost:            host,
		HTTPPort:            port,
		Modules:             modules(p.Baseline != nil, p.Outbound != nil && p.Outbound.User != ""),
		Declined:            declined(),
		WatchdogSeconds:     int64(p.Watchdog.Seconds()),
		FallbackRingSeconds: int64(p.FallbackRing.Seconds()),
		FallbackSeconds:     int64(p.FallbackLimit.Seconds()),
		ToneHz:              p.Ringback.Hz,
		RingOn:              p.Ringback.On.Milliseconds(),
		RingOff:             p.Ringback.Off.Milliseconds(),
	}
}

// replace writes beside path and renames.
func replace(path string, content []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // gone already when all went well
	_, err = temp.Write(content)
	if err == nil {
		err = temp.Chmod(0o640)
	}
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
