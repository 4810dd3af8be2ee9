package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
)

// keySize is that of AES-256, in bytes.
const keySize = 32

// block is what lengths are rounded up to, so that what is sealed does not tell how long a password is.
const block = 256

// MaxSecret is the longest secret, in bytes.
const MaxSecret = 16 << 10

// seal encrypts plain under key, bound to context: it opens only where it was put. The plain copy made for it is overwritten.
func seal(key, plain []byte, context string) ([]byte, error) {
	if len(plain) > MaxSecret {
		return nil, ErrTooLong
	}
	gcm, err := sealer(key)
	if err != nil {
		return nil, err
	}
	size := 4 + len(plain)
	padded := make([]byte, (size+block-1)/block*block)
	defer clear(padded)
	binary.BigEndian.PutUint32(padded, uint32(len(plain))) //nolint:gosec // bounded by MaxSecret
	copy(padded[4:], plain)
	return gcm.Seal(nil, nil, padded, []byte(context)), nil //nolint:gosec // it draws the nonce itself
}

// unseal is the way back.
func unseal(key, sealed []byte, context string) (Secret, error) {
	gcm, err := sealer(key)
	if err != nil {
		return Secret{}, err
	}
	padded, err := gcm.Open(nil, nil, sealed, []byte(context))
	if err != nil {
		return Secret{}, ErrTampered
	}
	defer clear(padded)
	if len(padded) < 4 {
		return Secret{}, ErrTampered
	}
	n := binary.BigEndian.Uint32(padded)
	if uint64(n) > uint64(len(padded)-4) {
		return Secret{}, ErrTampered
	}
	plain := make([]byte, n)
	copy(plain, padded[4:])
	return NewSecret(plain), nil
}

// sealer draws a nonce for each seal; a session seals a handful of entries, far from where random nonces of 96 bits could meet.
func sealer(key []byte) (cipher.AEAD, error) {
	if len(key) != keySize {
		return nil, errors.New("vault: a data key of the wrong size")
	}
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	gcm, err := cipher.NewGCMWithRandomNonce(b)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return gcm, nil
}
