package vault

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Destroy overwrites and removes the data key of a session; what was sealed under it can then be read by nobody. It is done
// and durable when Destroy returns; a key that is gone already is no error. What a disk that remaps its blocks may keep is a
// key that is still wrapped by the master key. Errors: ErrSession, those of the file system.
func (v *Vault) Destroy(session string) error {
	path, err := v.path(session)
	if err != nil {
		return err
	}
	return v.locked(syscall.LOCK_EX, func() error { // nobody reads half a key, no rotation brings it back
		for _, file := range []string{path, path + nextExt} { // the second one of a rotation that was interrupted
			if err := wipe(file); err != nil {
				return fmt.Errorf("vault: destroy: %w", err)
			}
		}
		if err := syncDir(v.dir); err != nil {
			return fmt.Errorf("vault: destroy: %w", err)
		}
		return nil
	})
}

// wipe overwrites and removes a file, if it is there.
func wipe(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(overwrite(file), file.Close(), os.Remove(path))
}

// overwrite puts random bytes in the place of what is there.
func overwrite(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if _, err := io.CopyN(io.NewOffsetWriter(file, 0), rand.Reader, info.Size()); err != nil {
		return err
	}
	return file.Sync()
}
