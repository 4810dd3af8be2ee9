package pbxtest

import (
	"testing"
)

func TestTry(t *testing.T) {
	a := StartAsterisk(t, AsteriskOptions{})
	a.Provision("li", "secret")
	t.Log(a.CLI("database show"))
	t.Log(a.Log())
	a.Stop()
	a.Restart()
	t.Log(a.CLI("pjsip show endpoints"))
	r := StartRedis(t)
	r.Kill()
	r.Restart()
}
