package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

const (
	apiBase  = "/api/v1"
	specPath = "/api/openapi.json"
)

// config sets huma up: JSON only, no pages from foreign hosts, unknown fields and parameters refused, errors as our problems.
func (s *Site) config() huma.Config {
	c := huma.DefaultConfig("Hotline", s.opt.Version)
	c.CreateHooks = nil // no $schema fields and Link headers
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.Formats = map[string]huma.Format{
		"application/json": {Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: strict},
		"json":             {Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: strict},
	}
	c.RejectUnknownQueryParameters = true
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.Transformers = []huma.Transformer{s.reword}
	c.Info.Description = "A call centre that answers within three rings. Times are RFC 3339, durations are seconds unless the name " +
		"says otherwise, numbers are E.164. Every error is an RFC 9457 problem; its type is a page of this server. " +
		"Its title, detail and do are in the language that the reader chose on the pages, else by Accept-Language (zh, en), else English; " +
		"code, type, status and the names of fields are the same in all. " +
		"Sign in with POST /api/v1/login; send the token as bearer, or let the browser send the cookie."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "The token of POST /api/v1/login."},
		"cookie": {Type: "apiKey", In: "cookie", Name: s.cookieName(), Description: "The same token, HttpOnly, SameSite=Strict."},
	}
	c.Tags = []*huma.Tag{
		{Name: "session", Description: "Signing in and out"},
		{Name: "live", Description: "Live events and the agent's desk"},
		{Name: "queues", Description: "Queues, agents and their presence"},
		{Name: "calls", Description: "Calls, their timeline, commands and wrap-up"},
		{Name: "cases", Description: "Cases and who owns them"},
		{Name: "people", Description: "Customers and contacts"},
		{Name: "escalations", Description: "What goes to remote or onsite service"},
		{Name: "orders", Description: "Service orders: steps, evidence, clocks and quality rules"},
		{Name: "supervision", Description: "Notices and callback requests"},
		{Name: "administration", Description: "Users and the audit log"},
	}
	return c
}

// schemaName keeps apart what two packages call alike: a field of a procedure is no field of a request.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if strings.HasSuffix(t.PkgPath(), "/procedure") {
		return "Procedure" + name
	}
	return name
}

// reword is the transformer that turns huma's own errors into problems, without the values that huma would repeat.
func (s *Site) reword(ctx huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := s.worded(visitOf(ctx.Context()).request, fromHuma(e))
	p.Request = requestOf(ctx.Context())
	ctx.SetHeader("Content-Language", p.lang)
	return p, nil
}

// strict words what is wrong with a document that is no JSON; fields that do not exist are huma's validation to refuse.
func strict(data []byte, v any) error {
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("not valid JSON: %w", err)
	}
	return nil
}

// describe finishes the OpenAPI document once; it never changes afterwards.
func (s *Site) describe() error {
	// huma registers its own error model beside ours, though nothing refers to it.
	schemas := s.api.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	spec, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		return fmt.Errorf("web: OpenAPI document: %w", err)
	}
	s.spec = spec
	return nil
}

func (s *Site) serveSpec(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/openapi+json")
	_, _ = w.Write(s.spec)
}
