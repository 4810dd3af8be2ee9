// Package linktoken makes and checks the secret part of a customer's link: 48 letters and digits that carry what the link is for and when it
// ends, signed. Who forges, alters or outlives one is refused without a look at the records; what the records keep of it (its hash) decides
// about the rest: single use, binding to a device, withdrawal.
package linktoken

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// What is wrong with a token. ErrKey is no fault of who brings it.
var (
	ErrForged = errors.New("the link was not signed by this hotline")
	ErrEnded  = errors.New("the time of the link is over")
	ErrKey    = errors.New("the key of customers' links cannot be used")
)

// A token is purpose (1 byte), end (4 bytes, seconds since 1970, until 2106), chance (12 bytes) and the first 13 bytes of the HMAC-SHA256 of
// all that: 30 bytes, which base32 writes without padding in letters that survive being read out, and cost a short message little.
const (
	atChance = 5
	atMAC    = 17
	size     = 30
)

// purposes by the number that stands in tokens: only ever add at the end.
func purposes() []string {
	return []string{"", "confirm", "consent", "sign", "survey", "register", "download", "identity", "vault"}
}

func encoding() *base32.Encoding { return base32.StdEncoding.WithPadding(base32.NoPadding) }

// Sign makes a token; its end is cut to whole seconds. Errors: ErrKey; a purpose or a time that a token cannot carry.
func (r *Ring) Sign(purpose string, ends time.Time) (string, error) {
	number := slices.Index(purposes(), purpose)
	if number < 1 || ends.Unix() < 0 || ends.Unix() > math.MaxUint32 {
		return "", fmt.Errorf("link: %q until %v cannot be signed", purpose, ends)
	}
	keys, err := r.keys(true)
	if err != nil {
		return "", err
	}
	token := make([]byte, atMAC, size)
	token[0] = byte(number)
	binary.BigEndian.PutUint32(token[1:], uint32(ends.Unix())) //nolint:gosec // checked above
	if _, err := rand.Read(token[atChance:]); err != nil {
		return "", fmt.Errorf("link: %w", err)
	}
	return encoding().EncodeToString(append(token, mac(keys[0], token)...)), nil
}

// Verify checks the signature, then the time. Errors: ErrForged, ErrEnded, ErrKey.
func (r *Ring) Verify(token string, now time.Time) error {
	raw, ok := decode(token)
	if !ok {
		return ErrForged
	}
	keys, err := r.keys(false)
	if err != nil {
		return err
	}
	good := false
	for _, key := range keys {
		good = hmac.Equal(raw[atMAC:], mac(key, raw[:atMAC])) || good
	}
	switch {
	case !good:
		return ErrForged
	case now.Unix() >= int64(binary.BigEndian.Uint32(raw[1:])):
		return ErrEnded
	}
	return nil
}

// For tells whether a verified token is for a purpose.
func (*Ring) For(token, purpose string) bool {
	raw, ok := decode(token)
	return ok && raw[0] > 0 && slices.Index(purposes(), purpose) == int(raw[0])
}

// decode reads what Sign writes and nothing else: the package base32 would skip line ends.
func decode(token string) ([]byte, bool) {
	raw, err := encoding().DecodeString(token)
	return raw, err == nil && len(raw) == size && encoding().EncodeToString(raw) == token
}

func mac(key, message []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(bytes.Join([][]byte{[]byte("hotline link 1"), message}, []byte{0}))
	return h.Sum(nil)[:size-atMAC]
}
