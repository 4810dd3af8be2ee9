package queue

import (
	"log/slog"
	"time"
)

// BoardOptions is what both boards need to know. The zero value of a field takes the default named beside it.
type BoardOptions struct {
	Prefix    string           // of every Redis key; its {tag} keeps one hotline in one Cluster slot. "{hotline}"
	Node      string           // this controller's name, unique among the living. "local"
	LeaseTTL  time.Duration    // a node that was not heard of for so long is dead. 3 s
	Now       func() time.Time // time.Now
	StreamMax int64            // events kept in the stream, about. 100 000
	Log       *slog.Logger     // slog.Default
}

func (o BoardOptions) withDefaults() BoardOptions {
	if o.Prefix == "" {
		o.Prefix = "{hotline}"
	}
	if o.Node == "" {
		o.Node = "local"
	}
	if o.LeaseTTL <= 0 {
		o.LeaseTTL = 3 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.StreamMax <= 0 {
		o.StreamMax = 100_000
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// The modes of a board, for metrics and EventDegraded.
const (
	ModeShared = "shared"
	ModeLocal  = "local"
)
