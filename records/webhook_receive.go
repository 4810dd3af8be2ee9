package records

import (
	"crypto/hmac"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// VerifySignature is the receiver's check of a delivery: header is Hotline-Signature, body the request's body as it came.
// A signature is good for tolerance around now; older ones may be replays. The comparison takes constant time.
// Errors: ErrInvalid.
func VerifySignature(secret, header string, body []byte, now time.Time, tolerance time.Duration) error {
	refuse := func(why string) error {
		return problem(ErrInvalid, "signature", "Check the shared secret and the clocks of both machines.", "The signature is not good: %s.", why)
	}
	var t string
	var got []byte
	for part := range strings.SplitSeq(header, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch key {
		case "t":
			t = value
		case "v1":
			raw, err := hex.DecodeString(value)
			if err != nil {
				return refuse("it is malformed")
			}
			got = raw
		}
	}
	seconds, err := strconv.ParseInt(t, 10, 64)
	if err != nil || got == nil {
		return refuse("it is malformed")
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > tolerance || age < -tolerance {
		return refuse("its time is too far away")
	}
	if !hmac.Equal(got, mac(secret, t, body)) {
		return refuse("it was made with another secret or for another body")
	}
	return nil
}
