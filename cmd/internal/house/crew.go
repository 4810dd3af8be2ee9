package house

import (
	"context"
	"fmt"
	"sync"
	"time"

	"hotline/pbx/pbxtest"
)

// Crew makes n agents at once, with registered phones and ready for calls: "<name>01", "<name>02", …
func (h *House) Crew(name string, n int, b pbxtest.Behaviour) []*pbxtest.Phone {
	h.tb.Helper()
	phones := make([]*pbxtest.Phone, n)
	for i := range phones {
		login := fmt.Sprintf("%s%02d", name, i+1)
		h.Must("POST", "/api/v1/users", h.Admin, map[string]any{
			"login": login, "name": login, "roles": []string{"agent"}, "skills": map[string]int{"erp": 1},
		})
		var told struct{ Secret string }
		h.Decode(h.Must("POST", "/api/v1/users/"+login+"/phone-secret", h.Admin, nil), &told)
		phones[i] = h.phone(h.Asterisk, login, told.Secret, b)
	}
	h.Register(phones...)
	for _, p := range phones {
		h.State(p.User(), "ready")
	}
	h.Eventually("the crew is ready", func() bool {
		states := h.Presences()
		for _, p := range phones {
			if states[p.User()] != "ready" {
				return false
			}
		}
		return true
	})
	return phones
}

// PhoneAt gives an agent a phone on one of the switches, registered there.
func (h *House) PhoneAt(a *pbxtest.Asterisk, login, secret string, b pbxtest.Behaviour) *pbxtest.Phone {
	h.tb.Helper()
	p := h.phone(a, login, secret, b)
	h.Register(p)
	return p
}

func (h *House) phone(a *pbxtest.Asterisk, login, secret string, b pbxtest.Behaviour) *pbxtest.Phone {
	server, ip := h.SIP, "127.0.0.3"
	if a != nil {
		server, ip = a.SIPAddr, a.PhoneIP
	}
	return pbxtest.NewPhone(h.tb, pbxtest.PhoneOptions{
		User: login, Secret: secret, Server: server, IP: ip, NoRegister: true, Behaviour: b, PacketEvery: h.voice,
	})
}

// Register registers phones, all at once, and tries again: an account reaches the switch a moment after it was made.
func (h *House) Register(phones ...*pbxtest.Phone) {
	h.tb.Helper()
	var all sync.WaitGroup
	left := make(chan string, len(phones))
	late, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	for _, p := range phones {
		all.Go(func() {
			again := time.NewTicker(50 * time.Millisecond)
			defer again.Stop()
			for {
				attempt, done := context.WithTimeout(late, 2*time.Second)
				err := p.Register(attempt)
				done()
				if err == nil {
					return
				}
				select {
				case <-again.C:
				case <-late.Done():
					left <- fmt.Sprintf("%s: %v", p.User(), err)
					return
				}
			}
		})
	}
	all.Wait()
	select {
	case who := <-left:
		h.tb.Fatalf("phones did not register, first %s\nthe hotline's log:\n%s", who, h.Log())
	default:
	}
}
