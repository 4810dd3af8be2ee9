package embedded

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"hotline/pbx"
)

// Accounts live in memory: the hotline puts them again after each start, from its own records.

// ha1Pattern is an MD5 in hex.
var ha1Pattern = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)

// errPhoneName: nothing else may become part of an address.
var errPhoneName = errors.New("embedded: phone: want a-z first, then a-z 0-9 . _ -, at most 32, not beginning with trunk")

// PutPhone creates or replaces the account. Calls of the phone that are up go on, and so does its registration.
func (s *Switch) PutPhone(_ context.Context, account pbx.PhoneAccount) error {
	if !pbx.ValidPhone(account.Phone) {
		return fmt.Errorf("%w: %q", errPhoneName, account.Phone)
	}
	if !ha1Pattern.MatchString(account.HA1) {
		return fmt.Errorf("embedded: phone %s: HA1 must be an MD5 in hex", account.Phone)
	}
	s.phones.put(account)
	return nil
}

// DropPhone removes the account and its registrations. It is silent when there is none.
func (s *Switch) DropPhone(_ context.Context, phone string) error {
	if !pbx.ValidPhone(phone) {
		return fmt.Errorf("%w: %q", errPhoneName, phone)
	}
	s.phones.drop(phone)
	return nil
}
