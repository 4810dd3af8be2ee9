package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// staticPath is where assets are served.
const staticPath = "/static/"

// assets are all files of static. One hash over the whole tree stands in every path, so that modules can import each other by
// relative path and still be kept by browsers for ever.
type assets struct {
	hash  string
	files map[string]*asset
}

type asset struct {
	kind   string // media type
	plain  []byte
	packed func() []byte // gzip, made when first asked for; nil: not smaller
}

func readAssets(static fs.FS) (*assets, error) {
	all := &assets{files: map[string]*asset{}}
	sum := sha256.New()
	err := fs.WalkDir(static, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".d.ts") { // types are for the check, not for browsers
			return err
		}
		data, err := fs.ReadFile(static, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
		all.files[strings.TrimPrefix(name, "static/")] = newAsset(name, data)
		return nil
	})
	all.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	return all, err
}

func newAsset(name string, data []byte) *asset {
	a := &asset{plain: data, kind: kindOf(path.Ext(name))}
	a.packed = sync.OnceValue(func() []byte {
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return nil
		}
		if _, err := w.Write(data); err != nil || w.Close() != nil || b.Len() >= len(data) {
			return nil
		}
		return b.Bytes()
	})
	return a
}

// kindOf does not ask the machine's own table, which differs from machine to machine.
func kindOf(ext string) string {
	switch ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".wav":
		return "audio/wav"
	case ".webmanifest":
		return "application/manifest+json"
	}
	if kind := mime.TypeByExtension(ext); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

// url gives the path of an asset for pages.
func (a *assets) url(name string) (string, error) {
	if _, ok := a.files[name]; !ok {
		return "", fmt.Errorf("there is no asset %q", name)
	}
	return staticPath + a.hash + "/" + name, nil
}

// ServeHTTP answers /static/<hash>/<name>. The path of another hash comes from a page of another version, as when two nodes are
// updated one after the other: it gets today's file, but nobody may keep it under that name.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, staticPath), "/")
	keep := "no-cache"
	if hash == a.hash {
		keep = "public, max-age=31536000, immutable"
	}
	a.serve(w, r, name, keep)
}

// serve answers with a file; keep says how long it may be kept.
func (a *assets) serve(w http.ResponseWriter, r *http.Request, name, keep string) {
	file, ok := a.files[name]
	h := w.Header()
	if !ok {
		h.Set("Cache-Control", "no-store")
		http.Error(w, "There is no such asset.", http.StatusNotFound)
		return
	}
	h.Set("Content-Type", file.kind)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", keep)
	body := file.plain
	if takesGzip(r) {
		if packed := file.packed(); packed != nil {
			h.Set("Content-Encoding", "gzip")
			body = packed
		}
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, bytes.NewReader(body))
	}
}

// takesGzip reads Accept-Encoding (RFC 9110 §12.5.3) as far as browsers use it.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		weight = strings.ReplaceAll(weight, " ", "")
		if name == "gzip" {
			return weight != "q=0" && !strings.HasPrefix(weight, "q=0.000")
		}
	}
	return false
}
