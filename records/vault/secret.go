package vault

import (
	"fmt"
	"io"
	"log/slog"
)

// withheld is what a secret says of itself to logs, texts, JSON and debuggers.
const withheld = "[withheld]"

// Secret is login information in the clear. It shows itself to Use alone; printed, logged or encoded it says that it is
// withheld. Copies of a Secret share their bytes: Erase one and all are empty.
type Secret struct{ bytes *[]byte }

// NewSecret takes b over: the caller must not use b any more.
func NewSecret(b []byte) Secret { return Secret{bytes: &b} }

// Use gives the bytes to fn, which must not keep them.
func (s Secret) Use(fn func([]byte) error) error {
	if s.bytes == nil {
		return fn(nil)
	}
	return fn(*s.bytes)
}

// Len is how many bytes it has; none after Erase.
func (s Secret) Len() int {
	if s.bytes == nil {
		return 0
	}
	return len(*s.bytes)
}

// Erase overwrites the bytes.
func (s Secret) Erase() {
	if s.bytes != nil {
		clear(*s.bytes)
		*s.bytes = nil
	}
}

// String implements fmt.Stringer.
func (s Secret) String() string { return withheld }

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return withheld }

// Format implements fmt.Formatter: no verb shows it, %x and %p included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, withheld) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(withheld) }

// MarshalText implements encoding.TextMarshaler, which JSON and XML use, too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(withheld), nil }
