package records

import (
	"context"
	"crypto/md5" //nolint:gosec // SIP digest authentication asks for it (RFC 2617, RFC 3261 section 22)
	"crypto/rand"
	"encoding/hex"
)

// SIPRealm is the realm of the phones' digest authentication.
const SIPRealm = "hotline"

// HA1 is what a SIP registrar must know of a phone's secret: MD5(login:realm:secret) in hex, RFC 2617 section 3.2.2.2.
func HA1(login, secret string) string {
	sum := md5.Sum([]byte(login + ":" + SIPRealm + ":" + secret)) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}

// SetPhoneSecret makes a new secret (130 bits) for a user's phone. The secret is returned this once; only its HA1 is kept.
// Errors: ErrNotFound.
func (s *Store) SetPhoneSecret(ctx context.Context, login string) (secret string, err error) {
	secret = rand.Text()
	_, err = s.changeUser(ctx, "user.phone-secret", login, 0, func(t *txn, _ User) (string, error) {
		return "", t.do(ctx, `UPDATE users SET ha1 = ? WHERE login = ?`, HA1(login, secret), login)
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}
