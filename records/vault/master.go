package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
)

// master is where the master key comes from. It is read at each use and not kept: a process that serves calls for months
// holds it for milliseconds a day. Several keys may stand there; the first wraps, all of them unwrap.
type master struct {
	file string // one age identity a line, as age-keygen writes them; mode 0600
	text string // instead of the file: the same, separated by commas or spaces
}

// ready makes the file with a new key where there is none, and checks what is there.
func (m master) ready() error {
	if m.text == "" {
		if m.file == "" {
			return errors.New("vault: neither a master key nor a file for it is named")
		}
		if _, err := os.Stat(m.file); errors.Is(err, fs.ErrNotExist) {
			key, err := newMasterKey()
			if err != nil {
				return err
			}
			if err := writeNew(m.file, []byte(key+"\n")); err != nil && !errors.Is(err, fs.ErrExist) { // another process was faster
				return fmt.Errorf("vault: master key: %w", err)
			}
		}
	}
	_, err := m.identities()
	return err
}

// identities are the master keys, the one that wraps first.
func (m master) identities() ([]age.Identity, error) {
	source := strings.NewReplacer(",", "\n", " ", "\n").Replace(m.text)
	if m.text == "" {
		info, err := os.Stat(m.file)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMaster, err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			return nil, fmt.Errorf("%w: others can read %s; chmod 600 it", ErrMaster, m.file)
		}
		raw, err := os.ReadFile(m.file)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMaster, err)
		}
		source = string(raw)
		clear(raw)
	}
	ids, err := age.ParseIdentities(strings.NewReader(source))
	if err != nil {
		return nil, fmt.Errorf("%w: it is not made of age identities (AGE-SECRET-KEY-…)", ErrMaster) // age's own words may quote the key
	}
	return ids, nil
}

// wrap encrypts a data key to the first master key.
func (m master) wrap(key []byte) ([]byte, error) {
	ids, err := m.identities()
	if err != nil {
		return nil, err
	}
	to, err := recipient(ids[0])
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return nil, fmt.Errorf("vault: wrap: %w", err)
	}
	if _, err := w.Write(key); err != nil {
		return nil, fmt.Errorf("vault: wrap: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("vault: wrap: %w", err)
	}
	return out.Bytes(), nil
}

// unwrap is the way back, with whichever master key fits. The caller clears the key.
func (m master) unwrap(wrapped []byte) ([]byte, error) {
	ids, err := m.identities()
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(bytes.NewReader(wrapped), ids...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMaster, err)
	}
	key := make([]byte, keySize)
	if _, err := io.ReadFull(r, key); err != nil {
		return nil, ErrTampered
	}
	return key, nil
}

// recipient is the public half of a master key.
func recipient(id age.Identity) (age.Recipient, error) {
	switch id := id.(type) {
	case *age.HybridIdentity:
		return id.Recipient(), nil
	case *age.X25519Identity:
		return id.Recipient(), nil
	}
	return nil, fmt.Errorf("%w: a key of type %T cannot wrap", ErrMaster, id)
}

// newMasterKey makes a key of age's post-quantum kind.
func newMasterKey() (string, error) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return "", fmt.Errorf("vault: master key: %w", err)
	}
	return id.String(), nil
}

// writeNew writes a file that nobody else may read and that must not be there yet, and makes it durable.
func writeNew(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
