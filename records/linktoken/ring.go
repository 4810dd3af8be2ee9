package linktoken

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Ring is the keys that tokens are signed with: the first signs, both verify. It is safe for concurrent use, also by several processes on
// one file, which is read each time: so a rotation holds at once, everywhere.
type Ring struct {
	file string
	text string
}

const (
	keySize = 32
	maxKeys = 2
)

// File is the keys in a file, one a line, in hexadecimal; it is made with the first token.
func File(path string) *Ring { return &Ring{file: path} }

// Keys is one or two keys of 64 hexadecimal digits, separated by a comma: the one that signs, and the one before it. Errors: ErrKey.
func Keys(text string) (*Ring, error) {
	_, err := parse(strings.ReplaceAll(text, ",", "\n"))
	return &Ring{text: strings.ReplaceAll(text, ",", "\n")}, err
}

func parse(text string) ([][]byte, error) {
	var keys [][]byte
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		key, err := hex.DecodeString(line)
		if err != nil || len(key) != keySize {
			return nil, fmt.Errorf("%w: a key has %d hexadecimal digits", ErrKey, 2*keySize)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 || len(keys) > maxKeys {
		return nil, fmt.Errorf("%w: there are %d, 1 or %d are needed", ErrKey, len(keys), maxKeys)
	}
	return keys, nil
}

// keys reads them. Where there is no file, nothing was ever signed: make says whether one is wanted.
func (r *Ring) keys(make bool) ([][]byte, error) {
	if r.file == "" {
		return parse(r.text)
	}
	text, err := os.ReadFile(r.file)
	if errors.Is(err, fs.ErrNotExist) {
		if !make {
			return nil, nil
		}
		if err = create(r.file); err == nil {
			text, err = os.ReadFile(r.file)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return parse(string(text))
}

// Check says whether the keys can be read and are keys; it makes none. Errors: ErrKey.
func (r *Ring) Check() error {
	_, err := r.keys(false)
	return err
}

func fresh() string {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails, by its documentation
	return hex.EncodeToString(key) + "\n"
}

// create makes the file whole or not at all; of two processes one wins and both use its key.
func create(path string) error {
	return written(path, fresh(), func(whole string) error {
		if err := os.Link(whole, path); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		return os.Remove(whole)
	})
}

// Rotate puts a new key before the one that signed until now, and drops what stood behind that. Errors: ErrKey.
func Rotate(path string) error {
	keys, err := File(path).keys(true)
	if err != nil {
		return err
	}
	if err := written(path, fresh()+hex.EncodeToString(keys[0])+"\n", func(whole string) error { return os.Rename(whole, path) }); err != nil {
		return fmt.Errorf("%w: %w", ErrKey, err)
	}
	return nil
}

// written gives a durable file beside path, that nobody else may read, to place.
func written(path, content string, place func(whole string) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".links-*.key") // 0600
	if err != nil {
		return err
	}
	_, err = file.WriteString(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = place(file.Name())
	}
	if err != nil {
		_ = os.Remove(file.Name()) // what went wrong is told; the rest is never read
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
