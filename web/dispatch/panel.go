package dispatch

import (
	"html/template"
	"net/http"

	"hotline/records"
	"hotline/web/ui"
)

// panel is what an order's page shows of its arrangement.
type panel struct {
	Order                        records.Order
	Arranges, Mine, Consultation bool
}

// Panel is the part of an order's page from which it is arranged, or carried out on a phone.
func (d *Dispatch) Panel(r *http.Request, f records.OrderFile) (template.HTML, error) {
	v, o := ui.VisitorOf(r.Context()), f.Order
	if o.Kind != records.KindOnsite && o.Kind != records.KindRemote && o.Kind != kindVisit && o.Kind != kindConsultation {
		return "", nil
	}
	open := !o.State.Ended()
	return d.opt.Pages.Block(r, "dispatch/_panel", panel{
		Order: o, Arranges: open && o.Kind != kindConsultation && (v.Has(records.RoleDispatcher) || v.Has(records.RoleSupervisor)),
		Mine: open && o.Kind != records.KindRemote && o.Engineer == v.Login, Consultation: o.Kind == kindConsultation,
	})
}
