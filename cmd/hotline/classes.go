package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"

	"hotline/configs"
	"hotline/configs/questionnaires"
	"hotline/records"
	"hotline/records/questionnaire"
	"hotline/web/classes"
	"hotline/web/customer"
	"hotline/web/engagements"
	"hotline/web/orders"
	"hotline/web/sheets"
	"hotline/web/ui"
)

// questionnaireFiles gives the questionnaires of the binary, each replaced by the operator's file for it if there is one. Every
// mistake of every file is named.
func questionnaireFiles(dir string) ([]questionnaire.Definition, error) {
	ours, err := questionnaire.ParseAll(questionnaires.Files)
	if err != nil || dir == "" {
		return ours, err
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("questionnaires.dir: %w", err)
	}
	theirs, err := questionnaire.ParseAll(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("questionnaires.dir %s: %w", dir, err)
	}
	for _, d := range theirs {
		if i := slices.IndexFunc(ours, func(o questionnaire.Definition) bool { return o.Code == d.Code }); i >= 0 {
			ours[i] = d
		} else {
			ours = append(ours, d)
		}
	}
	return ours, classSurvey(ours)
}

// classSurvey: without scales the survey of a class has no average, and its step could never be settled.
func classSurvey(all []questionnaire.Definition) error {
	for _, d := range all {
		if d.Code == records.SurveyOfClass && slices.ContainsFunc(d.Questions(), func(q questionnaire.Question) bool { return q.Kind == questionnaire.Scale }) {
			return nil
		}
	}
	return errors.New("questionnaires: class_survey has no question of kind scale; keep one, classes are rated by it")
}

func classPages(cfg configs.Config, pages *ui.Pages, store *records.Store, log *slog.Logger) *classes.Classes {
	return classes.New(classes.Options{
		Pages: pages, Records: store, URL: cfg.HTTP.PublicURL, Address: publicURL(cfg), Company: cfg.Company, Hotline: numberToCall(cfg),
		TLS: cfg.HTTP.TLS.CertFile != "" || strings.HasPrefix(cfg.HTTP.PublicURL, "https://"), Log: log,
	})
}

func engagementPages(cfg configs.Config, pages *ui.Pages, store *records.Store, log *slog.Logger) *engagements.Engagements {
	return engagements.New(engagements.Options{
		Pages: pages, Records: store, URL: cfg.HTTP.PublicURL, Company: cfg.Company, Hotline: numberToCall(cfg),
		TLS: cfg.HTTP.TLS.CertFile != "" || strings.HasPrefix(cfg.HTTP.PublicURL, "https://"), Log: log,
	})
}

// projectPanels leads from the orders of classes and engagements to their own pages.
func projectPanels(o *orders.Options, taught *classes.Classes, engaged *engagements.Engagements) {
	o.Panels[records.ProcedureClass] = append(o.Panels[records.ProcedureClass], taught.Panel)
	for _, kind := range []string{engagements.Consulting, engagements.Development} {
		o.Panels[kind] = append(o.Panels[kind], engaged.Panel)
	}
}

// classPurposes adds what participants, lecturers and who fills in a questionnaire do behind links. A survey link that names no
// questionnaire goes where it went.
func classPurposes(all map[string]customer.Purpose, own *classes.Classes, pages *ui.Pages, store *records.Store) {
	all[records.LinkRegister] = own.Purpose()
	all[records.LinkSurvey] = sheets.Link{Records: store, Say: pages.Say, Else: all[records.LinkSurvey]}
}
