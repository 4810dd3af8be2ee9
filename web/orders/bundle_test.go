package orders

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
)

// bigFiles has files of a size, made while they are read, and tells when the last begins.
type bigFiles struct {
	Records
	size  int64
	count int
	first chan struct{} // closed by the test when bytes have arrived
	fails error
}

func (b *bigFiles) CopyFile(w io.Writer, _ string) error {
	if b.count--; b.count == 0 {
		<-b.first // the end is not read before the beginning has been sent
		if b.fails != nil {
			panic(b.fails)
		}
	}
	_, err := io.Copy(w, io.LimitReader(rand.NewChaCha8([32]byte{1}), b.size))
	return err
}

// bundleOf asks for the bundle of a case whose files have 50 MB together.
func bundleOf(t *testing.T, fails error) (*http.Response, *bigFiles) {
	t.Helper()
	big := &bigFiles{first: make(chan struct{}), fails: fails}
	h := openHouse(t, func(o *Options) {
		big.Records = o.Records
		o.Records = big
	})
	o := h.finished("c1")
	whole, err := h.store.CaseFile(t.Context(), o.Case)
	h.must(err)
	big.count = len(whole.Files) + len(whole.Attachments)
	big.size = 50 << 20 / int64(big.count)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/cases/"+o.Case+"/bundle", nil)
	h.must(err)
	answer, err := h.client("sue").Do(r)
	h.must(err)
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer, big
}

// The bundle of a case with 50 MB of files is on its way before they are read: it never lies in memory whole.
func TestBundleIsStreamed(t *testing.T) {
	answer, big := bundleOf(t, nil)
	begin := make([]byte, 10<<20)
	if _, err := io.ReadFull(answer.Body, begin); err != nil {
		t.Fatal(err)
	}
	close(big.first)
	rest, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	whole := append(begin, rest...)
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	size, files := uint64(0), uint64(0)
	for _, f := range z.File {
		if strings.Contains(f.Name, "/files/") || strings.Contains(f.Name, "/attachments/") {
			size, files = size+f.UncompressedSize64, files+1
		}
	}
	if files < 2 || size != files*uint64(big.size) {
		t.Errorf("%d bytes in %d files", size, files)
	}
}

// A bundle that cannot be finished does not look like one that is.
func TestBundleIsCut(t *testing.T) {
	answer, big := bundleOf(t, http.ErrAbortHandler)
	close(big.first)
	if _, err := io.Copy(io.Discard, answer.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the download ended with %v", err)
	}
}
