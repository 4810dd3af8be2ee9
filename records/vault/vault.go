package vault

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// What can be wrong. None of them quotes a key or a secret.
var (
	ErrGone     = errors.New("vault: the session's key is destroyed") // or was never made
	ErrExists   = errors.New("vault: the session has a key already")  // New
	ErrMaster   = errors.New("vault: the master key cannot be used")  // missing, readable by others, or another one
	ErrTampered = errors.New("vault: what was sealed was changed, or is not of this session and entry")
	ErrTooLong  = errors.New("vault: the secret is longer than MaxSecret")
	ErrSession  = errors.New("vault: no name for a session")
)

// Options say where the keys lie.
type Options struct {
	Dir     string // of the data keys, one file a session; made with mode 0700. Must stay out of every backup
	KeyFile string // the master key; made with mode 0600 where there is none
	Key     string // the master key itself, instead of KeyFile: one or several age identities, the first one wraps
}

// Vault seals and unseals. It is safe for concurrent use, also by several processes on one directory.
type Vault struct {
	dir    string
	master master
}

// cacheTag marks a directory that backups leave out (tar --exclude-caches, borg, restic and others): bford.info/cachedir.
const cacheTag = "Signature: 8a477f597d28d172789f06886806bc55\n# Keys of open remote sessions. They must not get into a backup: see docs/adr/0010-vault.md.\n"

const (
	tagFile  = "CACHEDIR.TAG"
	lockFile = "lock"
	keyExt   = ".key"
	nextExt  = ".next" // while a file is replaced
)

// Open makes the directory and the master key where they are not there, and checks both. Errors: ErrMaster.
func Open(o Options) (*Vault, error) {
	if o.Dir == "" {
		return nil, errors.New("vault: no directory is named")
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	if err := os.Chmod(o.Dir, 0o700); err != nil { //nolint:gosec // a directory
		return nil, fmt.Errorf("vault: %w", err)
	}
	if err := writeNew(filepath.Join(o.Dir, tagFile), []byte(cacheTag)); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("vault: %w", err)
	}
	v := &Vault{dir: o.Dir, master: master{file: o.KeyFile, text: o.Key}}
	if err := v.master.ready(); err != nil {
		return nil, err
	}
	return v, nil
}

// New makes the data key of a session; it is durable when New returns. Errors: ErrExists, ErrMaster, ErrSession.
func (v *Vault) New(session string) error {
	path, err := v.path(session)
	if err != nil {
		return err
	}
	return v.locked(syscall.LOCK_SH, func() error {
		key := make([]byte, keySize)
		defer clear(key)
		if _, err := rand.Read(key); err != nil {
			return fmt.Errorf("vault: %w", err)
		}
		wrapped, err := v.master.wrap(key)
		if err != nil {
			return err
		}
		switch err := writeNew(path, wrapped); {
		case errors.Is(err, fs.ErrExist):
			return ErrExists
		case err != nil:
			return fmt.Errorf("vault: %w", err)
		}
		return nil
	})
}

// Seal encrypts one entry of a session. Errors: ErrGone, ErrMaster, ErrTooLong, ErrSession.
func (v *Vault) Seal(session, entry string, s Secret) ([]byte, error) {
	var sealed []byte
	err := v.withKey(session, func(key []byte) error {
		return s.Use(func(plain []byte) (err error) {
			sealed, err = seal(key, plain, binding(session, entry))
			return err
		})
	})
	return sealed, err
}

// Unseal decrypts one entry of a session; the caller erases what it gets. Errors: ErrGone, ErrMaster, ErrTampered, ErrSession.
func (v *Vault) Unseal(session, entry string, sealed []byte) (Secret, error) {
	var plain Secret
	err := v.withKey(session, func(key []byte) (err error) {
		plain, err = unseal(key, sealed, binding(session, entry))
		return err
	})
	return plain, err
}

// binding ties what is sealed to its place.
func binding(session, entry string) string { return "hotline vault 1\x00" + session + "\x00" + entry }

// Sessions names those whose data key is there.
func (v *Vault) Sessions() ([]string, error) {
	files, err := os.ReadDir(v.dir)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	var out []string
	for _, f := range files {
		if session, ok := strings.CutSuffix(f.Name(), keyExt); ok && sessionName.MatchString(session) {
			out = append(out, session)
		}
	}
	return out, nil
}

// withKey unwraps the data key of a session for fn and overwrites it after.
func (v *Vault) withKey(session string, fn func(key []byte) error) error {
	path, err := v.path(session)
	if err != nil {
		return err
	}
	return v.locked(syscall.LOCK_SH, func() error {
		wrapped, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return ErrGone
		}
		if err != nil {
			return fmt.Errorf("vault: %w", err)
		}
		key, err := v.master.unwrap(wrapped)
		if err != nil {
			return err
		}
		defer clear(key)
		return fn(key)
	})
}

// sessionName is an id of records; nothing that could mean another place in the file system.
var sessionName = regexp.MustCompile(`^[0-9A-Za-z-]{1,64}$`)

func (v *Vault) path(session string) (string, error) {
	if !sessionName.MatchString(session) {
		return "", ErrSession
	}
	return filepath.Join(v.dir, session+keyExt), nil
}

// locked runs fn under the directory's lock: shared for whoever uses a master key, exclusive for who replaces it.
func (v *Vault) locked(how int, fn func() error) (err error) {
	file, err := os.OpenFile(filepath.Join(v.dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	defer func() {
		if ended := file.Close(); ended != nil { // which gives the lock back
			err = errors.Join(err, fmt.Errorf("vault: %w", ended))
		}
	}()
	for {
		switch err := syscall.Flock(int(file.Fd()), how); {
		case errors.Is(err, syscall.EINTR):
			continue
		case err != nil:
			return fmt.Errorf("vault: lock: %w", err)
		}
		return fn()
	}
}
