package bundle

import (
	"context"
	"errors"
	"net/http"
	"time"

	"hotline/records"
)

// stall is how long a reader may take no bytes before the download ends.
const stall = 30 * time.Second

// Send streams the bundle of a case: files go from disk to the line, whatever their size. What fails after the first byte cuts the
// connection, so that nobody takes half an archive for a whole one; the reason comes back for the log.
func Send(ctx context.Context, w http.ResponseWriter, all Records, f records.CaseFile, o Options) error {
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.Case.Number+`.zip"`)
	return WriteFile(ctx, &patient{w, http.NewResponseController(w)}, all, f, o)
}

// patient gives each piece its own time: the whole may take as long as the line needs.
type patient struct {
	w   http.ResponseWriter
	ctl *http.ResponseController
}

func (p *patient) Write(data []byte) (int, error) {
	if err := p.ctl.SetWriteDeadline(time.Now().Add(stall)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return p.w.Write(data)
}
