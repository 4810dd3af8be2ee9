package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// machine is where the figures come from.
type machine struct {
	cpu, memory, kernel, load string
	cores                     int
	redis, goes               string
	asterisk                  string // "" when none was started
}

// thisMachine asks the machine, Redis and Go.
func thisMachine(s *stage) machine {
	m := machine{
		cpu: field("/proc/cpuinfo", "model name"), memory: field("/proc/meminfo", "MemTotal"), cores: runtime.NumCPU(),
		goes: runtime.Version(),
	}
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	s.must("the kernel's version", err)
	m.kernel = strings.TrimSpace(string(kernel))
	load, err := os.ReadFile("/proc/loadavg")
	s.must("the load", err)
	m.load, _, _ = strings.Cut(string(load), " ")
	version, err := exec.CommandContext(context.Background(), "redis-server", "--version").Output()
	s.must("Redis' version", err)
	m.redis = after(string(version), "v=")
	return m
}

func (m machine) sentence() string {
	text := fmt.Sprintf("%s, %d cores, %s of memory, Linux %s, load %s before the run. Redis %s, %s",
		m.cpu, m.cores, m.memory, m.kernel, m.load, m.redis, m.goes)
	if m.asterisk != "" {
		text += ", Asterisk " + m.asterisk
	}
	return text + "."
}

// field is the first value of a name in a /proc file of "name: value" lines.
func field(path, name string) string {
	text, err := os.ReadFile(path) //nolint:gosec // one of two names above
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		key, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// after is the word behind a mark.
func after(text, mark string) string {
	_, rest, ok := strings.Cut(text, mark)
	if !ok {
		return "unknown"
	}
	word, _, _ := strings.Cut(rest, " ")
	return strings.TrimSpace(word)
}
