package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/records"
	"hotline/records/procedure"
)

// largestFile bounds an upload, in bytes; the records bound it further.
const largestFile = 64 << 20

type evidenceBody struct {
	Step     string          `json:"step" minLength:"1" maxLength:"40" doc:"code"`
	Need     string          `json:"need,omitempty" maxLength:"40" doc:"code; left out for more than is asked for"`
	Kind     string          `json:"kind" enum:"confirmation,file,photo,fact,text,waiver,document"`
	Body     json.RawMessage `json:"body,omitempty" doc:"text: {text}; waiver: {who, reason}; signature: {who, shown}; facts: the fields of the need"`
	File     string          `json:"file,omitempty" maxLength:"64" doc:"id of a file that was uploaded"`
	Customer string          `json:"customer,omitempty" maxLength:"200" doc:"who of the customer's people acts: signs or confirms"`
	Via      string          `json:"via,omitempty" enum:"signature,desk" doc:"channel of a confirmation; links and keys come by their own ways"`
	DeviceAt time.Time       `json:"device_at,omitzero" doc:"time by the clock of the device"`
	Client   string          `json:"client,omitempty" maxLength:"64" doc:"id made by the device: the same again gives the first"`
	VersionBody
}

type uploadForm struct {
	File huma.FormFile `form:"file" required:"true" doc:"one file"`
}

func (s *Site) describeEvidence() {
	all := s.opt.Records
	handle(s, op{
		id: "add-evidence", method: http.MethodPost, path: apiBase + "/orders/{id}/evidence", tag: "orders", roles: orderReaders(),
		status: http.StatusCreated, summary: "Add evidence to a step", doc: "What does not prove the need is refused with everything that it lacks.",
		codes: []string{codeNotFound, codeConflict, codeForbidden},
	}, func(ctx context.Context, w *who, in *struct {
		ByID
		Body evidenceBody
	},
	) (*one[records.Evidence], error) {
		b := in.Body
		return oneOf(all.AddEvidence(ctx, records.Actor{Login: w.Login, Customer: b.Customer, Via: b.Via}, records.EvidenceInput{
			Order: in.ID, Step: b.Step, Need: b.Need, Kind: procedure.EvidenceKind(b.Kind), Body: b.Body, File: b.File, DeviceAt: b.DeviceAt,
			Client: b.Client, Version: b.Version,
		}))
	})
	handle(s, op{
		id: "upload-order-file", method: http.MethodPost, path: apiBase + "/orders/{id}/files", tag: "orders", roles: orderReaders(),
		status: http.StatusCreated, summary: "Upload a file, to name it in evidence", doc: "multipart/form-data with one part *file*.",
		codes: []string{codeNotFound, codeTooLarge}, largest: largestFile, patience: 2 * time.Minute,
	}, func(ctx context.Context, w *who, in *struct {
		ByID
		RawBody huma.MultipartFormFiles[uploadForm]
	},
	) (*one[records.File], error) {
		if err := s.mayReadOrder(ctx, w, in.ID); err != nil {
			return nil, err
		}
		if _, err := all.Order(ctx, in.ID); err != nil {
			return nil, err
		}
		file := in.RawBody.Data().File
		defer func() { _ = file.Close() }() // it was read
		return oneOf(all.SaveFile(ctx, w.Login, file.Filename, file))
	})
	handle(s, op{
		id: "get-order-file", method: http.MethodGet, path: apiBase + "/orders/{id}/files/{file}", tag: "orders", roles: orderReaders(),
		summary: "Download a file of an order", produces: "application/octet-stream", codes: []string{codeNotFound}, patience: 2 * time.Minute,
	}, s.orderFile)
}

// orderFile sends a file that an evidence of the order names. Always as a download: nothing that a customer sent is shown on our own origin.
func (s *Site) orderFile(ctx context.Context, w *who, in *struct {
	ByID
	File string `path:"file" maxLength:"64"`
},
) (*huma.StreamResponse, error) {
	if err := s.mayReadOrder(ctx, w, in.ID); err != nil {
		return nil, err
	}
	order, err := s.opt.Records.Order(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range order.Files {
		if f.ID != in.File {
			continue
		}
		file, body, err := s.opt.Records.OpenFile(ctx, f.ID)
		if err != nil {
			return nil, fmt.Errorf("order file: %w", err)
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			defer func() { _ = body.Close() }() // it was read
			ctx.SetHeader("Content-Type", "application/octet-stream")
			ctx.SetHeader("Content-Length", strconv.FormatInt(file.Size, 10))
			ctx.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
			ctx.SetHeader("X-Content-Type-Options", "nosniff")
			if _, err := io.Copy(ctx.BodyWriter(), body); err != nil {
				s.log.Info("a download ended early", "order", in.ID, "file", f.ID, "err", err)
			}
		}}, nil
	}
	return nil, problem(codeNotFound, "The order %s has no file %s.", in.ID, in.File)
}
