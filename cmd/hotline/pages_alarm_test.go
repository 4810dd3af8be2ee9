package main

import (
	"testing"
	"time"

	"hotline/configs"
	"hotline/web/floor"
)

// The wall's thresholds come from the configuration; what it leaves at 0 follows from the queue.
func TestWallboardThresholds(t *testing.T) {
	for _, c := range []struct {
		in   configs.Wallboard
		want floor.Thresholds
	}{
		{configs.Default().Wallboard, floor.Thresholds{Ring: 4, Share: 89, Missing: 2}},
		{configs.Wallboard{LongestWait: 25 * time.Second, WaitingCalls: 5, ShareBelow: 70}, floor.Thresholds{Ring: 6, Waiting: 5, Share: 70}},
		{configs.Wallboard{LongestWait: 4 * time.Second, AgentsMissing: 1}, floor.Thresholds{Ring: 1, Share: 89, Missing: 1}},
	} {
		if got := alarmOf(c.in, 3, 5*time.Second, 99); got != c.want {
			t.Errorf("%+v gives %+v, want %+v", c.in, got, c.want)
		}
	}
}
