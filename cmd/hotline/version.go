package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// versionCommand is `hotline version`.
type versionCommand struct{}

// Run prints version, commit and Go version on one line.
func (*versionCommand) Run(around surroundings) error {
	_, err := fmt.Fprintf(around.stdout, "hotline %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// version is what the Go tool stamped into the binary: module version (a tag, a pseudo-version, "(devel)") and commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	text := info.Main.Version
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			text += " commit " + s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			text += " (modified)"
		}
	}
	return text
}
