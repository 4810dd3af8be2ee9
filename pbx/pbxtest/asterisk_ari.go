package pbxtest

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // what SIP digest authentication is made of (RFC 2617)
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"hotline/configs/asterisk"
)

// ARI makes one request; path begins behind /ari. A body is sent as JSON. It returns the status and what came back, and
// fails the test when nothing does.
func (a *Asterisk) ARI(method, path string, body any) (status int, reply []byte) {
	a.tb.Helper()
	status, reply, err := a.do(context.Background(), method, path, body)
	if err != nil {
		a.tb.Fatalf("asterisk: %s %s: %v", method, path, err)
	}
	return status, reply
}

func (a *Asterisk) do(ctx context.Context, method, path string, body any) (int, []byte, error) {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, a.ARIURL+path, content)
	if err != nil {
		return 0, nil, err
	}
	request.SetBasicAuth(a.ARIUser, a.ARIPassword)
	request.Header.Set("Content-Type", "application/json")
	response, err := a.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	return response.StatusCode, reply, err
}

// WaitIdle waits until no call is left and every phone is free again, which is a moment after the last BYE.
func (a *Asterisk) WaitIdle(ctx context.Context) error {
	return poll(ctx, func() error {
		for _, list := range []struct {
			path string
			sign string // of a call, in the answer
		}{{"/channels", `"id"`}, {"/endpoints", `"channel_ids":["`}} {
			status, body, err := a.do(ctx, http.MethodGet, list.path, nil)
			if err != nil {
				return err
			}
			if status != http.StatusOK || strings.Contains(string(body), list.sign) {
				return fmt.Errorf("asterisk: not idle: %s answers %d %s", list.path, status, body)
			}
		}
		return nil
	})
}

// HA1 is what an account stores instead of its secret (RFC 2617 §3.2.2.2), for the realm of the hotline.
func HA1(phone, secret string) string {
	sum := md5.Sum([]byte(phone + ":" + asterisk.Realm + ":" + secret)) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

// Provision makes a phone account at run time over ARI, as the hotline does. extra fields of the endpoint come in pairs.
func (a *Asterisk) Provision(phone, secret string, extra ...string) {
	a.tb.Helper()
	type field struct {
		Attribute string `json:"attribute"`
		Value     string `json:"value"`
	}
	endpoint := []field{
		{"auth", phone},
		{"aors", phone},
		{"context", "agents"},
		{"disallow", "all"},
		{"allow", "alaw,ulaw"},
		{"direct_media", "no"},
		{"rtp_symmetric", "yes"},
		{"force_rport", "yes"},
		{"rewrite_contact", "yes"},
		{"allow_transfer", "no"},
		{"allow_subscribe", "no"},
		{"allow_overlap", "no"},
		{"device_state_busy_at", "1"},
	}
	for i := 0; i+1 < len(extra); i += 2 {
		endpoint = append(endpoint, field{extra[i], extra[i+1]})
	}
	for _, object := range []struct {
		kind   string
		fields []field
	}{
		{"auth", []field{
			{"auth_type", "md5"}, {"username", phone}, {"realm", asterisk.Realm}, {"md5_cred", HA1(phone, secret)},
		}},
		{"aor", []field{
			{"max_contacts", "1"}, {"remove_existing", "yes"}, {"minimum_expiration", "1"}, {"qualify_frequency", "15"},
		}},
		{"endpoint", endpoint},
	} {
		path := "/asterisk/config/dynamic/res_pjsip/" + object.kind + "/" + phone
		status, reply := a.ARI(http.MethodPut, path, map[string]any{"fields": object.fields})
		if status/100 != 2 {
			a.tb.Fatalf("asterisk: make %s %s: %d %s", object.kind, phone, status, reply)
		}
	}
}

// askOptions sends one SIP OPTIONS and wants any answer.
func askOptions(ctx context.Context, addr string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	local := conn.LocalAddr().String()
	tag := strings.NewReplacer(".", "", ":", "").Replace(local)
	if err := conn.SetDeadline(time.Now().Add(500 * time.Millisecond)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(conn, "OPTIONS sip:%[1]s SIP/2.0\r\nVia: SIP/2.0/UDP %[2]s;branch=z9hG4bK%[3]s\r\n"+
		"From: <sip:ready@%[2]s>;tag=%[3]s\r\nTo: <sip:%[1]s>\r\nCall-ID: %[3]s\r\nCSeq: 1 OPTIONS\r\n"+
		"Max-Forwards: 1\r\nContent-Length: 0\r\n\r\n", addr, local, tag)
	if err != nil {
		return err
	}
	_, err = conn.Read(make([]byte, 2048))
	return err
}
