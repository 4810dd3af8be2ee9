package asterisk

import (
	"encoding/json"
	"time"

	"github.com/CyCoreSystems/ari/v5"
	"github.com/gogo/protobuf/types"
)

// hotFrame is what the tracker takes from the four events that every call makes. ari.DecodeEvent reads such a frame four
// times over, into fields that nobody looks at, while a caller waits for what it says.
type hotFrame struct {
	Type      string      `json:"type"`
	Timestamp string      `json:"timestamp"`
	Args      []string    `json:"args"`
	Cause     int         `json:"cause"`
	Channel   *hotChannel `json:"channel"`
}

type hotChannel struct {
	ID     string `json:"id"`
	State  string `json:"state"`
	Caller struct {
		Name   string `json:"name"`
		Number string `json:"number"`
	} `json:"caller"`
	Created string `json:"creationtime"`
}

// decodeHot gives the event of a frame that is one of the four and says all that it must; else ok is false, and
// ari.DecodeEvent decides what the frame is worth.
func decodeHot(data []byte) (event ari.Event, ok bool) {
	var f hotFrame
	if json.Unmarshal(data, &f) != nil {
		return nil, false
	}
	if f.Type == echoEvent {
		// Wanted for its name alone, and the reader has seen that (prove). Whoever sends thousands of them delays no caller.
		return &ari.ChannelUserevent{EventData: ari.EventData{Type: f.Type}}, true
	}
	if f.Channel == nil {
		return nil, false
	}
	at, err := time.Parse(ari.DateFormat, f.Timestamp)
	if err != nil {
		return nil, false
	}
	created, err := time.Parse(ari.DateFormat, f.Channel.Created)
	if err != nil {
		return nil, false
	}
	head := ari.EventData{Type: f.Type, Timestamp: ari.DateTime(at)}
	ch := ari.ChannelData{
		ID: f.Channel.ID, State: f.Channel.State, Caller: &ari.CallerID{Name: f.Channel.Caller.Name, Number: f.Channel.Caller.Number},
		Creationtime: &types.Timestamp{Seconds: created.Unix(), Nanos: int32(created.Nanosecond())}, //nolint:gosec // below 1e9
	}
	switch f.Type {
	case ari.Events.StasisStart:
		return &ari.StasisStart{EventData: head, Args: f.Args, Channel: ch}, true
	case ari.Events.StasisEnd:
		return &ari.StasisEnd{EventData: head, Channel: ch}, true
	case ari.Events.ChannelStateChange:
		return &ari.ChannelStateChange{EventData: head, Channel: ch}, true
	case ari.Events.ChannelDestroyed:
		return &ari.ChannelDestroyed{EventData: head, Channel: ch, Cause: f.Cause}, true
	}
	return nil, false
}
