package asterisk_test
import ("testing";"time";"slices";"fmt";"hotline/pbx";"hotline/pbx/pbxtest")
func TestExplore(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	a := s.Phone("x", pbxtest.Behaviour{})
	var inv, ans []time.Duration
	for range 150 {
		before := s.Events.Len()
		out, err := s.Caller.Dial(s.Ctx, s.DID, pbxtest.DialOptions{}); s.Must(err,"")
		e, _ := s.Events.WaitFrom(s.Ctx, before, func(e pbx.Event) bool { return e.Kind == pbx.CallArrived })
		leg, in := s.Ring(e.Call, a)
		s.Told(pbx.LegRinging, e.Call, leg)
		in.Answer()
		s.Told(pbx.LegAnswered, e.Call, leg)
		s.Must(s.Switch.Connect(s.Ctx, e.Call, leg), "c")
		s.Must(out.WaitAnswered(s.Ctx),"")
		inv = append(inv, in.At(pbxtest.MarkInvite).Sub(out.At(pbxtest.MarkInvite)))
		ans = append(ans, out.At(pbxtest.MarkAnswered).Sub(in.At(pbxtest.MarkAnswered)))
		s.Must(out.HangUp(s.Ctx),"")
		s.Told(pbx.LegEnded, e.Call, leg)
	}
	slices.Sort(inv); slices.Sort(ans)
	fmt.Println("invite->invite p50", inv[75], "p95", inv[142], "answer->answer p50", ans[75], ans[142])
}
