package asterisk

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// password gives the one that was given, else the one dir holds, else a new one.
func password(given, dir string) (secret string, made bool, err error) {
	if given != "" {
		return given, false, nil
	}
	path := filepath.Join(dir, PasswordFile)
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return rand.Text(), true, nil
	case err != nil:
		return "", false, fmt.Errorf("asterisk configuration: keep the ARI password: %w", err)
	}
	kept := strings.TrimSpace(string(content))
	if !passwordPattern.MatchString(kept) {
		return "", false, fmt.Errorf("asterisk configuration: %s holds no usable password; remove it to have a new one made", path)
	}
	return kept, false, nil
}
