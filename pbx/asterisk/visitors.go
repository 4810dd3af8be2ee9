package asterisk

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

var _ pbx.Visitors = (*Driver)(nil)

// errVisitorName: nothing else may become part of a path.
var errVisitorName = errors.New("asterisk: visitor: want visitor- and 1 to 24 of a-z 0-9")

// PutVisitor makes or replaces the account of browser callers. It has no AOR: it registers nothing and nobody calls it. Its
// context is from-visitor, which is there only when the configuration allows browser callers (asterisk.web_callers).
func (d *Driver) PutVisitor(ctx context.Context, v pbx.VisitorAccount) error {
	if !pbx.VisitorPattern.MatchString(v.Name) {
		return fmt.Errorf("%w: %q", errVisitorName, v.Name)
	}
	if !ha1Pattern.MatchString(v.HA1) {
		return fmt.Errorf("asterisk: visitor %s: HA1 must be an MD5 in hex", v.Name)
	}
	for _, part := range []struct {
		kind   string
		fields []ari.ConfigTuple
	}{
		{authKind, authFields(pbx.PhoneAccount{Phone: v.Name, HA1: v.HA1})},
		{endpointKind, visitorFields(v)},
	} {
		err := d.rest.do(ctx, http.MethodPut, "config-"+part.kind, configPath(part.kind, v.Name), ari.ConfigTupleList{Fields: part.fields}, nil)
		if err != nil {
			return fail("put "+part.kind+" of visitor", v.Name, err)
		}
	}
	return nil
}

// DropVisitor removes it, the endpoint first.
func (d *Driver) DropVisitor(ctx context.Context, name string) error {
	if !pbx.VisitorPattern.MatchString(name) {
		return fmt.Errorf("%w: %q", errVisitorName, name)
	}
	var all error
	for _, kind := range []string{endpointKind, authKind} {
		err := d.rest.do(ctx, http.MethodDelete, "config-"+kind, configPath(kind, name), nil, nil)
		if status(err) != http.StatusNotFound {
			all = errors.Join(all, fail("drop "+kind+" of visitor", name, err))
		}
	}
	return all
}

// VisitorNames lists the accounts that the switch has now.
func (d *Driver) VisitorNames(ctx context.Context) ([]string, error) {
	var endpoints []ari.EndpointData
	if err := d.rest.do(ctx, http.MethodGet, "endpoints", "/endpoints/PJSIP", nil, &endpoints); err != nil {
		return nil, fail("list", "visitors", err)
	}
	var names []string
	for _, e := range endpoints {
		if pbx.VisitorPattern.MatchString(e.Resource) {
			names = append(names, e.Resource)
		}
	}
	return names, nil
}

// visitorFields are what the template [visitor] of pjsip.conf says: an account made at run time cannot name a template.
func visitorFields(v pbx.VisitorAccount) []ari.ConfigTuple {
	return fields("auth", v.Name, "context", "from-visitor", "webrtc", "yes", "dtls_auto_generate_cert", "yes",
		"disallow", "all", "allow", "opus,alaw,ulaw", "direct_media", "no", "rtp_symmetric", "yes", "force_rport", "yes",
		"rewrite_contact", "yes", "allow_overlap", "no", "allow_transfer", "no", "allow_subscribe", "no",
		"trust_id_inbound", "no", "trust_id_outbound", "no", "send_pai", "no", "timers", "always", "timers_min_se", "90",
		"timers_sess_expires", "120", "rtp_timeout", "30")
}
