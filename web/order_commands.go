package web

import (
	"context"
	"net/http"
	"time"

	"hotline/records"
)

// VersionBody is the version of an order that somebody saw.
type VersionBody struct {
	Version int64 `json:"version,omitempty" minimum:"0" doc:"the version of the order that you saw; 409 says what others changed since"`
}

type orderReasonBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"10000"`
	VersionBody
}

type orderPlanBody struct {
	PromisedFrom time.Time `json:"promised_from,omitzero" doc:"the time told to the customer"`
	PromisedTo   time.Time `json:"promised_to,omitzero"`
	PlannedFrom  time.Time `json:"planned_from,omitzero" doc:"our own plan"`
	PlannedTo    time.Time `json:"planned_to,omitzero"`
	Reason       string    `json:"reason,omitempty" maxLength:"10000" doc:"of a change"`
	VersionBody
}

// ByStep is the input of operations on one step.
type ByStep struct {
	ByID
	Step string `path:"step" maxLength:"40" doc:"code"`
}

func staff(w *who) records.Actor { return records.Actor{Login: w.Login} }

// orderOp is one command on an order or a step.
func orderOp(name, path, summary, doc string, roles []Role) op {
	return op{
		id: name, method: http.MethodPost, path: apiBase + "/orders/{id}" + path, tag: "orders", roles: roles, summary: summary, doc: doc,
		codes: []string{codeNotFound, codeConflict, codeForbidden},
	}
}

func (s *Site) describeOrderCommands() {
	all, plans := s.opt.Records, []Role{Dispatcher, Supervisor}
	works := []Role{Engineer, Dispatcher, Supervisor}
	handle(s, orderOp("assign-order", "/assign", "Name the engineer of an order", "", plans), func(ctx context.Context, w *who, in *struct {
		ByID
		Body struct {
			Engineer string `json:"engineer" minLength:"1" maxLength:"64" doc:"login"`
			VersionBody
		}
	},
	) (*one[records.Order], error) {
		return oneOf(all.AssignOrder(ctx, staff(w), in.ID, in.Body.Engineer, in.Body.Version))
	})
	handle(s, orderOp("plan-order", "/plan", "Set the time promised to the customer and our own plan", "Times left out stay.", works),
		func(ctx context.Context, w *who, in *struct {
			ByID
			Body orderPlanBody
		},
		) (*one[records.Order], error) {
			b := in.Body
			return oneOf(all.PlanOrder(ctx, staff(w), in.ID, records.OrderPlan{
				PromisedFrom: b.PromisedFrom, PromisedTo: b.PromisedTo, PlannedFrom: b.PlannedFrom, PlannedTo: b.PlannedTo, Reason: b.Reason,
			}, b.Version))
		})
	type reasoned = struct {
		ByID
		Body orderReasonBody
	}
	for _, c := range []struct {
		name, path, summary, doc string
		roles                    []Role
		do                       func(ctx context.Context, by records.Actor, order, reason string, version int64) (records.Order, error)
	}{
		{"unassign-order", "/unassign", "Give an order back that was not begun", "The service manager is told.", works, all.UnassignOrder},
		{"pause-order", "/pause", "Pause an order", "The reason says what is waited for; its clocks stand still.", works, all.PauseOrder},
		{"continue-order", "/continue", "End an order that was done in part and open the next one", "The next order (*next*) carries the case and the settled steps.", works, all.ContinueOrder},
		{"cancel-order", "/cancel", "Give an order up", "Its escalation goes back to the owner of the case as declined.", []Role{Supervisor}, all.CancelOrder},
	} {
		handle(s, orderOp(c.name, c.path, c.summary, c.doc, c.roles), func(ctx context.Context, w *who, in *reasoned) (*one[records.Order], error) {
			return oneOf(c.do(ctx, staff(w), in.ID, in.Body.Reason, in.Body.Version))
		})
	}
	handle(s, orderOp("resume-order", "/resume", "Let a paused order run on", "", works), func(ctx context.Context, w *who, in *struct {
		ByID
		Body VersionBody
	},
	) (*one[records.Order], error) {
		return oneOf(all.ResumeOrder(ctx, staff(w), in.ID, in.Body.Version))
	})
	handle(s, orderOp("finish-order", "/finish", "Finish an order that has all its steps",
		"The escalation ends, and the owner of the case has it back to confirm with the customer. 422 lists what is missing.", works),
		func(ctx context.Context, w *who, in *struct {
			ByID
			Body struct {
				Result string `json:"result" minLength:"1" maxLength:"10000" doc:"what was done"`
				VersionBody
			}
		},
		) (*one[records.Order], error) {
			return oneOf(all.FinishOrder(ctx, staff(w), in.ID, in.Body.Result, in.Body.Version))
		})
	handle(s, orderOp("complete-step", "/steps/{step}/complete", "Complete a step",
		"Not before its predecessors, nor without its evidence: 422 lists what is missing, in both languages.", orderReaders()),
		func(ctx context.Context, w *who, in *struct {
			ByStep
			Body VersionBody
		},
		) (*one[records.Order], error) {
			return oneOf(all.CompleteStep(ctx, staff(w), in.ID, in.Step, in.Body.Version))
		})
	type stepReason = struct {
		ByStep
		Body orderReasonBody
	}
	handle(s, orderOp("waive-step", "/steps/{step}/waive", "Waive a step that is not wanted", "Where the procedure lets you.", orderReaders()),
		func(ctx context.Context, w *who, in *stepReason) (*one[records.Order], error) {
			return oneOf(all.WaiveStep(ctx, staff(w), in.ID, in.Step, in.Body.Reason, in.Body.Version))
		})
	handle(s, orderOp("override-step", "/steps/{step}/override", "Let a step pass that lacks evidence",
		"Recorded with its reason for ever, and printed on the report.", []Role{Supervisor}),
		func(ctx context.Context, w *who, in *stepReason) (*one[records.Order], error) {
			return oneOf(all.OverrideStep(ctx, staff(w), in.ID, in.Step, in.Body.Reason, in.Body.Version))
		})
}
