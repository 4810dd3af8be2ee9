package asterisk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

// Accounts live in Asterisk's own database (sorcery.conf maps auth, aor and endpoint to astdb), so they and their
// registrations survive its restart; they are written by ARI's dynamic configuration.

// ha1Pattern is an MD5 in hex.
var ha1Pattern = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)

// errPhoneName: nothing else may become part of a path or a dial string.
var errPhoneName = errors.New("asterisk: phone: want a-z first, then a-z 0-9 . _ -, at most 32, not beginning with trunk")

// The kinds of object behind an account, in the order in which they must be made: what an endpoint names must exist.
const (
	authKind     = "auth"
	aorKind      = "aor"
	endpointKind = "endpoint"
)

// PutPhone creates or replaces the account. Calls of the phone that are up go on.
func (d *Driver) PutPhone(ctx context.Context, account pbx.PhoneAccount) error {
	if !pbx.ValidPhone(account.Phone) {
		return fmt.Errorf("%w: %q", errPhoneName, account.Phone)
	}
	if !ha1Pattern.MatchString(account.HA1) {
		return fmt.Errorf("asterisk: phone %s: HA1 must be an MD5 in hex", account.Phone)
	}
	for _, part := range []struct {
		kind   string
		fields []ari.ConfigTuple
	}{
		{authKind, authFields(account)},
		{aorKind, aorFields()},
		{endpointKind, endpointFields(account)},
	} {
		body := ari.ConfigTupleList{Fields: part.fields}
		if err := d.rest.do(ctx, http.MethodPut, "config-"+part.kind, configPath(part.kind, account.Phone), body, nil); err != nil {
			return fail("put "+part.kind+" of phone", account.Phone, err)
		}
	}
	_ = d.ask(ctx, true, func(t *tracker) error {
		t.renewStandby(account.Phone, time.Now())
		return nil
	})
	return nil
}

// DropPhone removes the account, the endpoint first: what is half gone cannot register. It is silent when there is none.
func (d *Driver) DropPhone(ctx context.Context, phone string) error {
	if !pbx.ValidPhone(phone) {
		return fmt.Errorf("%w: %q", errPhoneName, phone)
	}
	var all error
	for _, kind := range []string{endpointKind, aorKind, authKind} {
		err := d.rest.do(ctx, http.MethodDelete, "config-"+kind, configPath(kind, phone), nil, nil)
		if status(err) != http.StatusNotFound {
			all = errors.Join(all, fail("drop "+kind+" of phone", phone, err))
		}
	}
	return all
}

func configPath(kind, id string) string {
	return "/asterisk/config/dynamic/res_pjsip/" + kind + "/" + id
}

func fields(pairs ...string) []ari.ConfigTuple {
	var list []ari.ConfigTuple
	for pair := range slices.Chunk(pairs, 2) {
		list = append(list, ari.ConfigTuple{Attribute: pair[0], Value: pair[1]})
	}
	return list
}

func authFields(a pbx.PhoneAccount) []ari.ConfigTuple {
	return fields("auth_type", "md5", "username", a.Phone, "realm", pbx.Realm, "md5_cred", a.HA1)
}

// aorFields: one phone, the newest registration wins, and a contact that stops answering is known within 20 s.
func aorFields() []ari.ConfigTuple {
	return fields("max_contacts", "1", "remove_existing", "yes", "minimum_expiration", "30",
		"default_expiration", "120", "maximum_expiration", "300", "qualify_frequency", "15", "qualify_timeout", "3.0")
}

// endpointFields: one call at a time, media through Asterisk, nothing to be dialled beyond context "agents", no transfer
// by the phone itself (ownership changes only through the hotline, I2). A phone that died in a call is found by the voice that does
// not come, so that its caller gets somebody else while still on the line; session timers find what a silent hold hides. A desk
// telephone may send nothing while its user is silent (comfort noise), and is given half a minute. A browser sends fifty packets a
// second, muted and with the caller on hold too; it is given what a restart of its ICE may take after a change of network.
func endpointFields(a pbx.PhoneAccount) []ari.ConfigTuple {
	list := fields("auth", a.Phone, "aors", a.Phone, "context", "agents", "direct_media", "no",
		"rtp_symmetric", "yes", "force_rport", "yes", "rewrite_contact", "yes", "allow_overlap", "no",
		"allow_transfer", "no", "allow_subscribe", "no", "device_state_busy_at", "1",
		"timers", "always", "timers_min_se", "90", "timers_sess_expires", "120", "disallow", "all")
	if name := pbx.CleanName(a.Name); name != "" {
		list = append(list, fields("callerid", `"`+name+`" <`+a.Phone+">")...)
	}
	if a.WebRTC {
		return append(list, fields("webrtc", "yes", "dtls_auto_generate_cert", "yes", "rtp_timeout", "8", "allow", "opus,alaw,ulaw")...)
	}
	return append(list, fields("webrtc", "no", "rtp_timeout", "30", "allow", "alaw,ulaw,g722,opus")...)
}
