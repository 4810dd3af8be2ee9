package records

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// JournalEntry is one thing that happened on a call. Call, Seq and the hashes make it a link of that call's chain.
type JournalEntry struct {
	Call  string          `json:"call"`
	Seq   int64           `json:"seq"` // from 1; given when written
	At    time.Time       `json:"at"`  // microseconds; zero = when appended
	Kind  string          `json:"kind"`
	Agent string          `json:"agent,omitempty"`
	Data  json.RawMessage `json:"data,omitempty"`
	Prev  string          `json:"prev"` // hash of the entry before, "" for the first; given when written
	Hash  string          `json:"hash"` // given when written
}

// chainVersion begins the hashed text. Another way of hashing gets another name.
const chainVersion = "hotline-journal/1"

// chainHash is the hash that an entry must have: SHA-256, in lower-case hex, of
//
//	hotline-journal/1\n
//	<len>:<call>\n <len>:<seq>\n <len>:<at>\n <len>:<kind>\n <len>:<agent>\n <len>:<data>\n <len>:<prev>\n
//
// without the spaces, where <len> is the number of bytes of what follows, seq and at (microseconds since 1970 UTC) are
// decimal, and data is the text as it stands in the column. The lengths make two different entries never hash the same text.
//
// The chain shows every entry that was edited, inserted, removed or moved, and with journal_heads also a removed end. It
// does not show what somebody forges who may write the database and rewrites a whole chain with its head, or removes a
// whole chain with its head: against that, keep the report of `hotline verify` (chains, entries) outside this machine.
func (e JournalEntry) chainHash() string {
	h := sha256.New()
	_, _ = io.WriteString(h, chainVersion+"\n") // a hash never fails to write
	for _, field := range []string{
		e.Call, strconv.FormatInt(e.Seq, 10), strconv.FormatInt(e.At.UnixMicro(), 10), e.Kind, e.Agent, string(e.Data), e.Prev,
	} {
		_, _ = fmt.Fprintf(h, "%d:%s\n", len(field), field)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// chainOf names the chain of an entry that belongs to no call: presence of an agent, state of the server.
func (e JournalEntry) chainOf() string {
	switch {
	case e.Call != "":
		return e.Call
	case e.Agent != "":
		return agentChain(e.Agent)
	}
	return "system"
}

// clean makes an entry fit to be stored and hashed for ever: valid UTF-8, no control characters in names, JSON in data.
func (e JournalEntry) clean(now time.Time) JournalEntry {
	e.Call, e.Kind, e.Agent = line(e.Call), line(e.Kind), line(e.Agent)
	e.Call = e.chainOf()
	if e.At.IsZero() {
		e.At = now
	}
	e.At = e.At.UTC().Truncate(time.Microsecond)
	data := strings.ToValidUTF8(string(e.Data), "\uFFFD") // a copy: the caller may reuse its bytes
	if data != "" && !json.Valid([]byte(data)) {
		quoted, err := json.Marshal(data)
		if err != nil { // a string always marshals
			quoted = nil
		}
		data = string(quoted)
	}
	e.Data = json.RawMessage(data)
	return e
}

// agentChain is the chain of what an agent does outside of calls.
func agentChain(login string) string { return "agent:" + login }
