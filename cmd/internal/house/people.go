package house

import (
	"strings"

	"hotline/pbx/pbxtest"
)

// Agent makes an agent with a registered phone, ready for calls. more are further flags of `user add`; default one skill.
func (h *House) Agent(login string, b pbxtest.Behaviour, more ...string) *pbxtest.Phone {
	h.tb.Helper()
	phone := h.Hire(login, b, more...)
	h.Ready(login)
	return phone
}

// Hire makes an agent with a registered phone, not yet ready.
func (h *House) Hire(login string, b pbxtest.Behaviour, more ...string) *pbxtest.Phone {
	h.tb.Helper()
	secret := h.Employ(login, more...)
	return h.PhoneAt(h.Asterisk, login, secret, b)
}

// Employ makes an agent without a phone and gives the secret for one.
func (h *House) Employ(login string, more ...string) (secret string) {
	h.tb.Helper()
	if len(more) == 0 {
		more = []string{"--role", "agent", "--skill", "erp=1"}
	}
	name := strings.ToUpper(login[:1]) + login[1:]
	out := h.Run(append([]string{"user", "add", login, "--name", name, "--ask"}, more...)...)
	_, secret, ok := strings.Cut(out, "secret, shown this once: ")
	if !ok {
		h.tb.Fatalf("user add printed no phone secret: %s", out)
	}
	return strings.TrimSpace(secret)
}

// Ready signs the agent in and waits until calls can come, or one has come already.
func (h *House) Ready(login string) {
	h.tb.Helper()
	h.State(login, "ready")
	h.Eventually(login+" is ready", func() bool {
		switch h.Presence(login) {
		case "ready", "offered", "ringing", "talking": // a caller may have waited for them
			return true
		}
		return false
	})
}

// State asks for a state as the administrator.
func (h *House) State(login, state string) {
	h.tb.Helper()
	h.Must("POST", "/api/v1/agents/"+login+"/state", h.Admin, map[string]any{"state": state, "reason": "break"})
}

// Presence is the agent's state as the API tells it, "" for nobody.
func (h *House) Presence(login string) string {
	h.tb.Helper()
	return h.Presences()[login]
}

// Presences are all agents' states.
func (h *House) Presences() map[string]string {
	h.tb.Helper()
	var reply struct {
		Items []struct{ Login, State string } `json:"items"`
	}
	h.Get("/api/v1/agents", &reply)
	states := make(map[string]string, len(reply.Items))
	for _, a := range reply.Items {
		states[a.Login] = a.State
	}
	return states
}
