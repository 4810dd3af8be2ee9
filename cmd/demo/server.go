package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

//go:embed demo.yaml
var configuration string

// server is the hotline of the demo, a process of its own.
type server struct {
	binary, dir, listen, sip string

	process *exec.Cmd
	done    chan struct{} // closed when the process has ended
	log     *os.File
}

func (s *server) config() string { return filepath.Join(s.dir, "hotline.yaml") }

func (s *server) configure() error {
	text := fmt.Sprintf(configuration, s.listen, filepath.Join(s.dir, "data"), s.sip)
	if err := os.MkdirAll(filepath.Join(s.dir, "data"), 0o750); err != nil {
		return err
	}
	return os.WriteFile(s.config(), []byte(text), 0o600)
}

// command is one run of the hotline's binary.
func (s *server) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, s.binary, append([]string{"--config", s.config()}, args...)...) //nolint:gosec // the binary that the user names
	c.Stderr = os.Stderr
	return c
}

// start starts the server and waits until it is ready. The channel tells when it ended by itself.
func (s *server) start(ctx context.Context) (<-chan error, error) {
	var err error
	if s.log, err = os.Create(filepath.Join(s.dir, "hotline.log")); err != nil {
		return nil, err
	}
	s.process = s.command(context.WithoutCancel(ctx), "serve")
	s.process.Stdout, s.process.Stderr = s.log, s.log
	// Ctrl-C reaches the demo alone, which lets the callers and phones go first.
	s.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := s.process.Start(); err != nil {
		return nil, fmt.Errorf("%w (make build makes it)", err)
	}
	s.done = make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- errors.Join(s.process.Wait(), s.log.Close())
		close(s.done)
	}()
	wait, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		if _, err := s.ask(wait, "", "GET", "/readyz", nil, nil); err == nil {
			return ended, nil
		}
		select {
		case <-again.C:
		case err := <-ended:
			return nil, fmt.Errorf("the hotline did not start (its log is %s): %w", s.log.Name(), err)
		case <-wait.Done():
			s.stop()
			return nil, fmt.Errorf("the hotline is not ready after 30 s; its log is %s", s.log.Name())
		}
	}
}

// stop ends the server, politely first.
func (s *server) stop() {
	if s.process == nil {
		return
	}
	_ = s.process.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-s.done:
	case <-time.After(15 * time.Second):
		_ = s.process.Process.Kill()
		<-s.done
	}
}
