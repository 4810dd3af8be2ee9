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
	_, err := fmt.Fprintln(around.stdout, versionLine())
	return err
}

// versionLine comes from what the Go tool stamped into the binary: module version (a tag or a pseudo-version) and commit.
func versionLine() string {
	version, commit := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = " commit " + s.Value[:min(12, len(s.Value))]
			case s.Key == "vcs.modified" && s.Value == "true":
				commit += " (modified)"
			}
		}
	}
	return fmt.Sprintf("hotline %s%s %s %s/%s", version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
