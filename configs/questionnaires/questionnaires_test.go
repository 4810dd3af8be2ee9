package questionnaires_test

import (
	"testing"

	"hotline/configs/questionnaires"
	"hotline/records/questionnaire"
)

// TestShippedQuestionnaires: every file that ships is read, and the files are those that classes, consulting and development name.
func TestShippedQuestionnaires(t *testing.T) {
	t.Parallel()
	all, err := questionnaire.ParseAll(questionnaires.Files)
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, d := range all {
		have[d.Code] = true
	}
	for _, code := range []string{
		"class_survey", "it_survey", "it_solution", "business_survey", "information_solution", "requirement_report", "development_solution", "standards", "test_report", "manual",
		"installation", "acceptance",
	} {
		if !have[code] {
			t.Errorf("%s is missing", code)
		}
	}
}
