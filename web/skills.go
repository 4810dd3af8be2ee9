package web

import (
	"context"
	"net/http"
	"time"

	"hotline/queue"
	"hotline/records"
)

type skillsInput struct {
	ByLogin
	Body struct {
		Skills  map[string]int `json:"skills" minProperties:"1" maxProperties:"50" doc:"level by skill, 1 (best) to 9; 0 takes the skill away; others stay"`
		Reason  string         `json:"reason" minLength:"1" maxLength:"200" doc:"kept in the audit log and the journal"`
		Version int64          `json:"version,omitempty" doc:"version of the user that you saw; a newer one is refused"`
	}
}

// skillsNow is what an agent can do now.
type skillsNow struct {
	Login   string         `json:"login"`
	Skills  map[string]int `json:"skills"`
	Version int64          `json:"version"`
}

func (s *Site) describeSkills() {
	handle(s, op{
		id: "change-skills", method: http.MethodPatch, path: apiBase + "/agents/{login}/skills", tag: "supervision", roles: []Role{Supervisor},
		summary: "Change what somebody can do",
		doc: "Queues are served by skill, level 1 before level 2. It counts for the next call; who rings or talks goes on. Kept in the audit log and " +
			"in the journal.",
		codes: []string{codeNotFound, codeConflict},
	}, func(ctx context.Context, w *who, in *skillsInput) (*one[skillsNow], error) {
		user, said, err := s.opt.Records.ChangeSkills(ctx, records.SkillChange{
			Login: in.Login, Skills: in.Body.Skills, By: w.Login, Reason: in.Body.Reason, Version: in.Body.Version,
		})
		if err != nil {
			return nil, err
		}
		if s.opt.UserChanged != nil {
			s.opt.UserChanged(user)
		}
		s.opt.Calls.Note(queue.Event{Kind: queue.EventSkills, At: time.Now(), Agent: in.Login, Data: map[string]string{
			"by": w.Login, "reason": in.Body.Reason, "skills": said,
		}})
		return oneOf(skillsNow{Login: user.Login, Skills: user.Skills, Version: user.Version}, nil)
	})
}
