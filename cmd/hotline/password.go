package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// choosePassword generates a password of 130 random bits, or asks for one: without echo and twice on a terminal, else the
// first line of standard input.
func choosePassword(around surroundings, ask bool) (password string, generated bool, err error) {
	if !ask {
		return rand.Text(), true, nil
	}
	file, ok := around.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		password, err = firstLine(around.stdin)
		return password, false, err
	}
	fmt.Fprint(around.stderr, "Password: ")
	first, err := term.ReadPassword(int(file.Fd()))
	fmt.Fprint(around.stderr, "\nOnce more: ")
	if err != nil {
		return "", false, fmt.Errorf("read the password: %w", err)
	}
	second, err := term.ReadPassword(int(file.Fd()))
	fmt.Fprintln(around.stderr)
	if err != nil {
		return "", false, fmt.Errorf("read the password: %w", err)
	}
	if string(first) != string(second) {
		return "", false, errors.New("the two passwords differ; nothing was changed")
	}
	return string(first), false, nil
}

func firstLine(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("no password on standard input; nothing was changed")
	}
	return line, nil
}
