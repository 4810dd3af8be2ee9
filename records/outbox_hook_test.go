package records_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/procedure"
)

// TestHookCarrier: what the receiver gets, that it can check who sent it, and which of its answers are for good.
func TestHookCarrier(t *testing.T) {
	const secret = "a secret of some length"
	s := openAt(t, t.TempDir()+"/hotline.db")
	answer := http.StatusNoContent
	var got records.HookNotification
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if err := records.VerifySignature(secret, r.Header.Get("Hotline-Signature"), body, time.Now(), time.Minute); err != nil {
			t.Error(err)
		}
		if err := json.Unmarshal(body, &got); err != nil || r.Header.Get("Hotline-Delivery") != got.ID {
			t.Errorf("%v, delivery %q of %q", err, r.Header.Get("Hotline-Delivery"), got.ID)
		}
		if answer == http.StatusTemporaryRedirect {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(answer)
	}))
	defer receiver.Close()
	c := get[*records.HookCarrier](t)(records.NewHookCarrier(s, receiver.URL, secret, "https://hotline.example.com/"))
	p := records.Parcel{ID: "01", Kind: records.ToldOrder, Login: "gao", Name: "高明", Subject: procedure.Text{ZH: "新任务", EN: "New order"}, Path: "/orders/1"}
	must(t, c.Carry(t.Context(), p))
	equal(t, "who and what", got.Login+got.Subject.ZH+got.URL, "gao新任务https://hotline.example.com/orders/1")
	for status, forGood := range map[int]bool{400: true, 410: true, 422: true, 401: false, 404: false, 429: false, 500: false, 503: false, 307: false} {
		answer = status
		err := c.Carry(t.Context(), p)
		if err == nil || errors.Is(err, records.ErrRefused) != forGood {
			t.Errorf("%d: %v", status, err)
		}
	}
	for _, bad := range []string{"ftp://x", "", "x"} {
		_, err := records.NewHookCarrier(s, bad, secret, "")
		refused(t, err, records.ErrInvalid)
	}
	_, err := records.NewHookCarrier(s, receiver.URL, "short", "")
	refused(t, err, records.ErrInvalid)
}
