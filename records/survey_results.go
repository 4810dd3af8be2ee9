package records

import (
	"context"
	"time"
)

// What results can be grouped by.
const (
	ByEngineer = "engineer"
	ByCentre   = "centre"
	ByProduct  = "product"
	ByKind     = "kind"
)

// SurveyResult is what customers said of one group. Only surveys that count are in it: one for each follow-up.
type SurveyResult struct {
	Key     string  `db:"grp"     json:"key"`
	Name    string  `db:"name"    json:"name"`
	N       int     `db:"n"       json:"n"`
	Speed   float64 `db:"speed"   json:"speed"`   // mean, 1 to 5
	Quality float64 `db:"quality" json:"quality"` // mean, 1 to 5
	Low     int     `db:"low"     json:"low"`     // with a rating at or under the low score
	Asked   int     `db:"asked"   json:"asked"`   // drawn
}

// FewAnswers is the number below which a mean says little: it is marked where it is shown.
const FewAnswers = 5

// SurveyResults gives the results of the cases solved from one instant until another, by group, sorted by key. Errors: ErrInvalid.
func (s *Store) SurveyResults(ctx context.Context, by string, from, to time.Time) ([]SurveyResult, error) {
	column, ok := map[string]string{ByEngineer: "f.engineer", ByCentre: "f.centre", ByProduct: "f.product", ByKind: "f.kind"}[by]
	if !ok {
		return nil, problem(ErrInvalid, "results_group", "Choose engineer, centre, product or kind.", "Results cannot be grouped by %q.", by)
	}
	name := column
	if by == ByEngineer {
		name = "COALESCE(MAX(u.name), f.engineer)"
	}
	low := s.opt.LowScore
	var q query
	q.between("f.solved_at", from, to)
	where := ""
	for i, w := range q.where {
		where += map[bool]string{true: " WHERE ", false: " AND "}[i == 0] + w
	}
	out := []SurveyResult{}
	err := s.read().list(ctx, &out, `WITH newest AS (
			SELECT s.* FROM surveys s WHERE s.complete AND s.version = (SELECT MAX(v.version) FROM surveys v WHERE v.series = s.series)),
		counting AS (
			SELECT n.* FROM newest n WHERE NOT EXISTS (SELECT 1 FROM newest e WHERE e.followup = n.followup AND e.series < n.series))
		SELECT `+column+` AS grp, `+name+` AS name, COUNT(c.id) AS n, COALESCE(AVG(c.speed * 1.0), 0) AS speed, COALESCE(AVG(c.quality * 1.0), 0) AS quality,
			COALESCE(SUM(CASE WHEN c.speed <= ? OR c.quality <= ? THEN 1 ELSE 0 END), 0) AS low,
			SUM(CASE WHEN f.state IN ('due', 'linked', 'done', 'unreached') THEN 1 ELSE 0 END) AS asked
		FROM followups f LEFT JOIN counting c ON c.followup = f.id LEFT JOIN users u ON u.login = f.engineer`+where+
		` GROUP BY `+column+` ORDER BY `+column, append([]any{low, low}, q.args...)...)
	return out, s.explain("survey results", err)
}
