package records_test

import (
	"strings"
	"testing"

	"hotline/records"
)

func TestNormalise(t *testing.T) {
	for raw, want := range map[string]string{
		"13800138000": "+8613800138000", "013800138000": "+8613800138000", "+86 138 0013 8000": "+8613800138000",
		"008613800138000": "+8613800138000", "8613800138000": "+8613800138000", "１３８００１３８０００": "+8613800138000",
		"010-6552 1234": "+861065521234", "(021) 12345678": "+862112345678", "021/12345678": "+862112345678", "053112345678": "+8653112345678",
		"400-800-1234": "+864008001234", "4008001234": "+864008001234", "95588": "+8695588", "+8695588": "+8695588",
		"+14155550100": "+14155550100", "0014155550100": "+14155550100", "+390612345678": "+390612345678",
		"": "", "anonymous": "", "8001": "", "110": "", "+86": "", "1-800-FLOWERS": "", "021-12345678转801": "", "500&PJSIP/trunk/00": "",
		"${EXTEN}": "", "138+00138000": "", "13800138000;ext=5": "", "tel:+8613800138000": "", "٠١٢٣٤٥٦٧٨٩": "", "+8613800138000\r\nX: y": "",
		strings.Repeat("1", 10000): "", strings.Repeat(" ", 200) + "13800138000": "",
	} {
		got, ok := records.Normalise(raw, "CN")
		if got != want || ok != (want != "") {
			t.Errorf("%.40q: got %q, %t, want %q", raw, got, ok, want)
		}
	}
	if got, _ := records.Normalise("(415) 555-0100", "US"); got != "+14155550100" {
		t.Errorf("another region: %q", got)
	}
}

// FuzzNormalise: a result is E.164, and normalising it again changes nothing.
func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"13800138000", "+86 (10) 6552-1234", "95588", "00", "+", "1+1", "０１０", "++86", "/ / 12"} {
		f.Add(s, "CN")
		f.Add(s, "JP")
	}
	f.Fuzz(func(t *testing.T, raw, region string) {
		got, ok := records.Normalise(raw, region)
		if !ok {
			if got != "" {
				t.Errorf("%q: %q though it is no number", raw, got)
			}
			return
		}
		if len(got) < 4 || len(got) > 16 || got[0] != '+' || strings.Trim(got[1:], "0123456789") != "" {
			t.Errorf("%q: %q is not E.164", raw, got)
		}
		if again, ok := records.Normalise(got, region); !ok || again != got {
			t.Errorf("%q: %q becomes %q", raw, got, again)
		}
	})
}
