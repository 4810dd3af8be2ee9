package leak

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"unicode/utf16"
)

// TestEachFormIsFound writes the text by other means than Forms does, and finds it.
func TestEachFormIsFound(t *testing.T) {
	const text = "密钥 P@ss<w>ört\"42"
	wide := func(order binary.AppendByteOrder) (out []byte) {
		for _, u := range utf16.Encode([]rune("xx" + text + "yy")) {
			out = order.AppendUint16(out, u)
		}
		return out
	}
	reversed := func(b []byte) []byte { b = slices.Clone(b); slices.Reverse(b); return b }
	jsonText, err := json.Marshal(map[string]string{"k": "before " + text})
	if err != nil {
		t.Fatal(err)
	}
	written := map[string][]byte{
		"plain": []byte("before" + text + "after"), "reversed": reversed([]byte("before" + text)), "json": jsonText,
		"utf16le": wide(binary.LittleEndian), "utf16be": wide(binary.BigEndian), "utf16 reversed": reversed(wide(binary.LittleEndian)),
		"hex": []byte(hex.EncodeToString([]byte("a" + text))), "form": []byte(url.Values{"p": {text}}.Encode()),
		"path": []byte((&url.URL{Path: "/" + text}).EscapedPath()), "quoted": []byte(strconv.Quote(text)),
	}
	for shift, pad := range []string{"", "a", "ab", "abc"} {
		written["base64 "+strconv.Itoa(shift)] = []byte(base64.StdEncoding.EncodeToString([]byte(pad + text + "tail")))
		written["base64url "+strconv.Itoa(shift)] = []byte(base64.URLEncoding.EncodeToString([]byte(pad + text)))
	}
	forms := Forms(text)
	dir := t.TempDir()
	for name, content := range written {
		if len(In(name, content, forms)) == 0 {
			t.Errorf("%s is not found in %q", name, content)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hits, err := Search(dir, forms)
	if err != nil || len(hits) < len(written) {
		t.Errorf("%d hits in %d files: %v", len(hits), len(written), err)
	}
	if hits := In("clean", []byte("密钥 and P@ss, but apart"), forms); len(hits) != 0 {
		t.Errorf("found where it is not: %v", hits)
	}
}
