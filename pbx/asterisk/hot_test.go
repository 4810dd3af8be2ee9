package asterisk

import (
	"reflect"
	"strings"
	"testing"

	"github.com/CyCoreSystems/ari/v5"
)

// hotFrames are as Asterisk 22 sends them.
func hotFrames() []string {
	channel := `"channel":{"id":"bj1-1795363200.7","name":"PJSIP/trunk-a-00000003","state":"Ring","protocol_id":"x@y",` +
		`"caller":{"name":"\u738b\u82b3","number":"13800138000"},"connected":{"name":"","number":""},"accountcode":"",` +
		`"dialplan":{"context":"hotline-in","exten":"4001","priority":7,"app_name":"Stasis","app_data":"hotline,in"},` +
		`"creationtime":"2026-11-22T16:00:00.123+0800","language":"en"}`
	frame := func(kind, more string) string {
		return `{"type":"` + kind + `","timestamp":"2026-11-22T16:00:00.456+0800",` + more + channel +
			`,"asterisk_id":"52:54:00:12:34:56","application":"hotline"}`
	}
	return []string{
		frame("StasisStart", `"args":["in","4001","1795363200000","20"],`), frame("StasisEnd", ""),
		frame("ChannelStateChange", ""), frame("ChannelDestroyed", `"cause":16,"cause_txt":"Normal Clearing","tech_cause":200,`),
	}
}

// Whatever the short way reads, the tracker does with it what it does with the library's reading.
func TestHotFramesAreReadAsTheLibraryReadsThem(t *testing.T) {
	for _, frame := range hotFrames() {
		short, ok := decodeHot([]byte(frame))
		if !ok {
			t.Fatalf("not read: %s", frame)
		}
		long, err := ari.DecodeEvent([]byte(frame))
		if err != nil {
			t.Fatal(err)
		}
		if a, b := essence(t, short), essence(t, long); !reflect.DeepEqual(a, b) {
			t.Errorf("%s\nshort %+v\nlong  %+v", frame, a, b)
		}
	}
	// All else is left to the library.
	for _, frame := range []string{
		`{"type":"StasisStart"}`, `{`, `null`, strings.Replace(hotFrames()[0], "16:00:00.123", "noon", 1),
		strings.Replace(hotFrames()[0], "StasisStart", "ChannelHold", 1), strings.Replace(hotFrames()[0], `"in",`, `7,`, 1),
	} {
		if event, ok := decodeHot([]byte(frame)); ok {
			t.Errorf("%s is read as %+v", frame, event)
		}
	}
}

// essence is what tracker.apply takes from an event.
func essence(t *testing.T, event ari.Event) []any {
	t.Helper()
	switch e := event.(type) {
	case *ari.StasisStart:
		return []any{e.Type, e.Timestamp.String(), fromEvent(e.Channel), e.Args}
	case *ari.StasisEnd:
		return []any{e.Type, e.Timestamp.String(), e.Channel.ID}
	case *ari.ChannelStateChange:
		return []any{e.Type, e.Timestamp.String(), e.Channel.ID, e.Channel.State}
	case *ari.ChannelDestroyed:
		return []any{e.Type, e.Timestamp.String(), e.Channel.ID, e.Cause}
	}
	t.Fatalf("%T", event)
	return nil
}

func BenchmarkDecode(b *testing.B) {
	data := []byte(hotFrames()[0])
	b.Run("short", func(b *testing.B) {
		for b.Loop() {
			decodeHot(data)
		}
	})
	b.Run("library", func(b *testing.B) {
		for b.Loop() {
			_, _ = ari.DecodeEvent(data)
		}
	})
}
