package ice

import (
	"slices"
	"testing"
	"time"
)

func TestCredentials(t *testing.T) {
	t.Parallel()
	s := Servers{
		STUN: []string{"stun.example:3478"}, TURN: []string{"turn:turn.example:3478?transport=udp", "turns:turn.example:5349?transport=tcp"},
		Secret: "north-south-east-west", Lifetime: time.Hour, Now: func() time.Time { return time.Unix(1_800_000_000, 700) },
	}
	list, until := s.For("li", 24*time.Hour)
	// printf 1800003600:li | openssl dgst -sha1 -hmac north-south-east-west -binary | base64
	want := Server{URLs: s.TURN, Username: "1800003600:li", Credential: "RKOICY3kC8VcgS45MqMk7NpacbA="}
	if len(list) != 2 || !slices.Equal(list[0].URLs, []string{"stun:stun.example:3478"}) || list[0].Username != "" {
		t.Errorf("the STUN server stands as %+v", list)
	}
	if got := list[1]; !slices.Equal(got.URLs, want.URLs) || got.Username != want.Username || got.Credential != want.Credential {
		t.Errorf("the TURN servers stand as %+v, want %+v", got, want)
	}
	if until.Unix() != 1_800_003_600 {
		t.Errorf("they expire at %v", until)
	}
	if list, until = s.For("visitor", time.Minute); list[1].Username != "1800000060:visitor" || until.Unix() != 1_800_000_060 {
		t.Errorf("a stranger gets %+v until %v", list[1], until)
	}
	if list, until = (Servers{}).For("li", time.Hour); list == nil || len(list) != 0 || !until.IsZero() {
		t.Errorf("without servers: %+v until %v", list, until)
	}
}
