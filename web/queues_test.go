package web

import (
	"net/http"
	"testing"
)

func TestQueuesHaveNamesForPeople(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) {
		o.QueueTitles = map[string]Title{"service": {Zh: "服务热线", En: "Service hotline"}}
	})
	var all list[titledQueue]
	h.do(t, "anna", "GET", "/api/v1/queues", nil).want(http.StatusOK, &all.Body)
	named := 0
	for _, q := range all.Body.Items {
		if q.Title != nil && q.Title.Zh == "服务热线" && q.Queue == "service" {
			named++
		}
	}
	if named != 1 || len(all.Body.Items) == 0 {
		t.Errorf("queues are told as %+v", all.Body.Items)
	}
}
