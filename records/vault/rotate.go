package vault

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"filippo.io/age"
)

// Rotate puts a new master key in place and wraps the data keys of all open sessions under it; sessions go on. The old key
// is then of no use and gone from the file. With a master key given as text, the first key of the text is the new one: give
// the text as "new,old", rotate, then drop the old one. It gives how many sessions were wrapped anew.
//
// Interrupted, it leaves both keys in the file, and can be run again.
func (v *Vault) Rotate() (sessions int, err error) {
	err = v.locked(syscall.LOCK_EX, func() error {
		if v.master.text == "" {
			if err := v.addMasterKey(); err != nil {
				return err
			}
		}
		if sessions, err = v.rewrap(); err != nil {
			return err
		}
		if v.master.text != "" {
			return nil
		}
		ids, err := v.master.identities()
		if err != nil {
			return err
		}
		return v.replaceMaster(ids[:1])
	})
	return sessions, err
}

// addMasterKey puts a new key before those in the file.
func (v *Vault) addMasterKey() error {
	ids, err := v.master.identities()
	if err != nil {
		return err
	}
	fresh, err := age.GenerateHybridIdentity()
	if err != nil {
		return fmt.Errorf("vault: master key: %w", err)
	}
	return v.replaceMaster(append([]age.Identity{fresh}, ids...))
}

// rewrap wraps every data key under the first master key.
func (v *Vault) rewrap() (int, error) {
	sessions, err := v.Sessions()
	if err != nil {
		return 0, err
	}
	for _, session := range sessions {
		path := filepath.Join(v.dir, session+keyExt)
		wrapped, err := os.ReadFile(path)
		if err != nil {
			return 0, fmt.Errorf("vault: rotate: %w", err)
		}
		key, err := v.master.unwrap(wrapped)
		if err != nil {
			return 0, fmt.Errorf("session %s: %w", session, err)
		}
		wrapped, err = v.master.wrap(key)
		clear(key)
		if err == nil {
			err = replace(path, wrapped)
		}
		if err != nil {
			return 0, fmt.Errorf("vault: rotate: %w", err)
		}
	}
	return len(sessions), nil
}

func (v *Vault) replaceMaster(ids []age.Identity) error {
	var text strings.Builder
	for _, id := range ids {
		key, ok := id.(fmt.Stringer)
		if !ok {
			return fmt.Errorf("%w: a key of type %T cannot be kept", ErrMaster, id)
		}
		fmt.Fprintln(&text, key)
	}
	if err := replace(v.master.file, []byte(text.String())); err != nil {
		return fmt.Errorf("vault: master key: %w", err)
	}
	return nil
}

// replace puts a new file in the place of an old one, at once, and overwrites what the old one held.
func replace(path string, content []byte) error {
	old, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	next := path + nextExt
	if err := wipe(next); err != nil { // of a rotation that was interrupted
		return errors.Join(err, old.Close())
	}
	if err := writeNew(next, content); err != nil {
		return errors.Join(err, old.Close())
	}
	if err := os.Rename(next, path); err != nil {
		return errors.Join(err, old.Close())
	}
	return errors.Join(syncDir(filepath.Dir(path)), overwrite(old), old.Close())
}
