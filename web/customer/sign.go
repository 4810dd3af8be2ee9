package customer

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	"image/png"
	"net/url"
	"strings"

	"hotline/records"
	"hotline/records/procedure"
)

// Sign is the purpose of signing a document by hand. The signature is bound to the hash of the very bytes that the customer was given.
type Sign struct {
	Evidence Evidence
	Say      Say
}

// Page shows what is to be signed, and a place to sign.
func (p Sign) Page(ctx context.Context, v Visit) (string, any, error) {
	a, err := about(ctx, p.Evidence, v)
	return "customer/sign", a, err
}

// Act keeps the signature. A document that this device has not read cannot be signed.
func (p Sign) Act(ctx context.Context, v Visit, form url.Values) (Done, error) {
	if v.Link.ShownAt.IsZero() {
		return Done{}, Trouble("link.trouble.unread")
	}
	hand, err := handOf(form.Get("signature"))
	if err != nil {
		return Done{}, err
	}
	file, err := saved(ctx, p.Evidence, "signature.png", hand)
	if err != nil {
		return Done{}, err
	}
	who := person(v, form.Get("who"))
	in := records.EvidenceInput{Step: v.Link.Step, Need: v.Link.Need, Kind: procedure.Confirmation, File: file}
	err = prove(ctx, p.Evidence, v, who, procedure.ViaSignature, in, procedure.Body{Who: who, Shown: v.Link.SHA256, Link: v.Link.ID})
	return Done{Title: p.Say(v.Lang, "link.done.sign"), Text: p.Say(v.Lang, "link.done.sign.text"), Detail: v.Link.SHA256}, err
}

// The bounds of a picture of a signature.
const (
	maxHand  = 200 << 10 // bytes
	maxSide  = 4096      // pixels
	leastInk = 60        // pixels that are not paper
)

// handOf reads the picture of a signature from the form: a PNG in a data address, with ink on it.
func handOf(data string) ([]byte, error) {
	raw, ok := strings.CutPrefix(data, "data:image/png;base64,")
	if !ok {
		return nil, Trouble("link.trouble.signature")
	}
	hand, err := base64.StdEncoding.DecodeString(raw)
	if err != nil || len(hand) > maxHand {
		return nil, Trouble("link.trouble.signature")
	}
	size, err := png.DecodeConfig(bytes.NewReader(hand))
	if err != nil || size.Width > maxSide || size.Height > maxSide {
		return nil, Trouble("link.trouble.signature")
	}
	img, err := png.Decode(bytes.NewReader(hand))
	if err != nil || !inked(img) {
		return nil, Trouble("link.trouble.signature")
	}
	return hand, nil
}

// inked tells that something was written: dark and not transparent.
func inked(img image.Image) bool {
	count := 0
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			r, g, b, a := img.At(x, y).RGBA()
			if a > 0x8000 && r+g+b < 3*0xa000 {
				if count++; count >= leastInk {
					return true
				}
			}
		}
	}
	return false
}
