package pbxtest

import (
	"context"
	"sync"

	"hotline/pbx"
)

// settle is the end of every test: each call has ended once, each accepted leg has ended once, nothing impossible was
// told. A test that leaves a caller on the line hangs up first.
func (s *Stage) settle() {
	ctx, cancel := context.WithTimeout(context.Background(), suitePatience)
	defer cancel()
	var all sync.WaitGroup
	for _, call := range s.Caller.Calls() {
		if call.Passed(MarkEnded) {
			continue
		}
		// A call that died with its switch finds nobody to agree; the events below are what counts.
		all.Go(func() {
			if call.Passed(MarkUp) {
				_ = call.HangUp(ctx)
			} else {
				_ = call.Cancel(ctx)
			}
		})
	}
	defer all.Wait()
	defer cancel()
	ends := func(e pbx.Event) (string, bool) {
		switch e.Kind {
		case pbx.CallEnded:
			return string(e.Call), true
		case pbx.LegEnded:
			return string(e.Leg), true
		}
		return "", false
	}
	await := func(id string) {
		_, err := s.Events.Wait(ctx, func(e pbx.Event) bool {
			ended, ok := ends(e)
			return ok && ended == id
		})
		if err != nil {
			s.Errorf("%s never ended: %v", id, err)
		}
	}
	for _, e := range s.Events.All() {
		if e.Kind == pbx.CallArrived || e.Kind == pbx.CallAdopted {
			await(string(e.Call))
		}
	}
	s.mu.Lock()
	legs := make([]string, 0, len(s.legs))
	for leg := range s.legs {
		legs = append(legs, string(leg))
	}
	s.mu.Unlock()
	for _, leg := range legs {
		await(leg)
	}
	for _, fault := range s.Events.Check() {
		s.Error(fault)
	}
	if s.Failed() {
		s.Logf("events:\n%s", s.Events)
	}
}
