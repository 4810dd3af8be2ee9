package procedure

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// EvidenceKind is what a piece of evidence is.
type EvidenceKind string

// The kinds of evidence.
const (
	Confirmation EvidenceKind = "confirmation" // of the customer: by link, by a key on the phone (with its recording), by signature
	File         EvidenceKind = "file"         // with its SHA-256
	Photo        EvidenceKind = "photo"        // a file that is a picture
	Fact         EvidenceKind = "fact"         // measured or stated values
	Written      EvidenceKind = "text"         // what was found, done or said
	Waiver       EvidenceKind = "waiver"       // who did without, and why
	Document     EvidenceKind = "document"     // a file made by us from the order
	Override     EvidenceKind = "override"     // a manager let a step pass, and why
	Event        EvidenceKind = "event"        // what happened to the order itself; written by the engine alone
)

// The channels by which a customer confirms, and by which evidence comes in.
const (
	ViaLink      = "link"      // a customer link was used
	ViaKey       = "key"       // a key was pressed on the phone; the recording is named
	ViaSignature = "signature" // signed on the engineer's page; bound to the hash of what was shown
	ViaHotline   = "hotline"   // the customer called the hotline, and an agent checked it for them
	ViaDesk      = "desk"      // entered by staff
	ViaSystem    = "system"    // measured or made by this server
)

// Piece is a piece of evidence, as far as procedures look at it.
type Piece struct {
	Step, Need string
	Kind       EvidenceKind
	Actor      string // who brought it
	Via        string
	Body       json.RawMessage // by kind, see Body
	File       string          // id, of file, photo, document, signature
	Media      string          // of the file
	At         time.Time
}

// Body is what the JSON of a piece of evidence may hold. Facts hold the values of the need's fields instead.
type Body struct {
	Text      string `json:"text,omitempty"`      // what was written, or what was confirmed
	Reason    string `json:"reason,omitempty"`    // of a waiver or an override
	Who       string `json:"who,omitempty"`       // the customer's person who confirmed or waived
	Shown     string `json:"shown,omitempty"`     // SHA-256 of what was shown when it was confirmed or signed
	Recording string `json:"recording,omitempty"` // of a key press: where it can be heard
	Key       string `json:"key,omitempty"`       // the key pressed
	Link      string `json:"link,omitempty"`      // id of the customer link that was used
	Template  string `json:"template,omitempty"`  // of a document
}

// read gives the body; an unreadable one is empty and so proves nothing.
func (p Piece) read() Body {
	var b Body
	if err := json.Unmarshal(p.Body, &b); err != nil {
		return Body{}
	}
	return b
}

// Brings tells whether somebody with these parts may bring this kind of evidence. What the customer does without is written down by staff,
// with who and why; everything else of the customer's is hers to say.
func (n Need) Brings(parts []string, kind EvidenceKind) bool {
	return len(n.By) == 0 || meet(n.By, parts) || slices.Contains(parts, System) || kind == Waiver && slices.Contains(n.By, Customer)
}

// Check says what keeps a piece from proving a need; nothing when it does. Fields that prove only with one value (Must) are
// looked at in Met: a port that was found open is true evidence, too.
func (n Need) Check(step string, p Piece) []Lack {
	at := lacks{step: step, need: n.Code}
	if p.Kind == Waiver {
		if !n.OrWaiver {
			at.add("waiver_not_allowed", "这一项不能由客户放弃", "this evidence cannot be waived by the customer")
		}
		b := p.read()
		at.text(b.Who, "who", "客户方由谁放弃", "who waived it on the customer's side")
		at.text(b.Reason, "reason", "放弃的原因", "why it was waived")
		return at.list
	}
	if p.Kind != n.Kind {
		at.add("wrong_kind", "证据类型不符，需要："+n.Kind.Name().ZH, "wrong kind of evidence, needed: "+n.Kind.Name().EN)
		return at.list
	}
	if len(n.Via) > 0 && !slices.Contains(n.Via, p.Via) {
		via := ViaNames(n.Via)
		at.add("wrong_channel", "来源不符，可用："+via.ZH, "wrong channel, possible: "+via.EN)
		return at.list
	}
	switch n.Kind {
	case Confirmation:
		n.checkConfirmation(&at, p)
	case File, Document:
		at.text(p.File, "file", "文件", "the file")
	case Photo:
		at.text(p.File, "file", "照片", "the photo")
		if p.File != "" && !strings.HasPrefix(p.Media, "image/") {
			at.add("not_a_picture", "上传的文件不是图片", "the file is no picture")
		}
	case Written:
		at.text(p.read().Text, "text", "文字内容", "the text")
	case Fact:
		n.checkFields(&at, p.Body)
	case Waiver, Override, Event:
	}
	return at.list
}

func (n Need) checkConfirmation(at *lacks, p Piece) {
	b := p.read()
	switch p.Via {
	case ViaKey:
		at.text(b.Key, "key", "客户所按的键", "the key that was pressed")
		at.text(b.Recording, "recording", "按键确认的录音", "the recording of the key press")
	case ViaSignature:
		at.text(p.File, "file", "签名图片", "the picture of the signature")
		at.text(b.Shown, "shown", "签名时所示内容的摘要", "the hash of what was shown")
		at.text(b.Who, "who", "签名人", "who signed")
	case ViaLink:
		at.text(b.Link, "link", "客户链接的编号", "the customer link")
	default:
		at.text(b.Who, "who", "确认人", "who confirmed")
	}
}

// standing gives the pieces for a need that later ones do not contradict: a port that was found closed and then open again is not
// closed.
func (n Need) standing(step string, pieces []Piece) []Piece {
	var out []Piece
	for _, p := range pieces {
		if p.Step != step || p.Need != n.Code || len(n.Check(step, p)) > 0 {
			continue
		}
		if !n.Met(p) {
			out = nil
			continue
		}
		out = append(out, p)
	}
	return out
}

// Met reports whether a piece that passed Check also has the values that prove the need.
func (n Need) Met(p Piece) bool {
	if p.Kind == Waiver {
		return true
	}
	var values map[string]any
	for _, f := range n.Fields {
		if f.Must == "" {
			continue
		}
		if values == nil && json.Unmarshal(p.Body, &values) != nil {
			return false
		}
		if got := plain(values[f.Code]); got != f.Must {
			return false
		}
	}
	return true
}
