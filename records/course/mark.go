package course

import "slices"

// worth is what an answer is worth. known is false for a written answer that no lecturer has marked yet; an empty written
// answer is worth nothing without one. marks are the points that lecturers gave, by question.
func (q Question) worth(a Answer, marks map[string]int) (points int, known bool) {
	if q.Kind == Written {
		if a.Text == "" {
			return 0, true
		}
		given, ok := marks[q.Code]
		return min(max(given, 0), q.Points), ok
	}
	if slices.Equal(normal(a.Chosen, len(q.Options)), normal(q.Right, len(q.Options))) {
		return q.Points, true
	}
	return 0, true
}

// Score is points out of points.
type Score struct {
	Points int `json:"points"`
	Of     int `json:"of"`
}

// Percent gives the score in per cent, rounded down: 59.9 does not pass 60.
func (s Score) Percent() int {
	if s.Of == 0 {
		return 0
	}
	return s.Points * 100 / s.Of
}

// Reaches says whether the score is at least so many per cent, without rounding.
func (s Score) Reaches(percent int) bool { return s.Of > 0 && s.Points*100 >= percent*s.Of }

func (s *Score) add(points, of int) {
	s.Points += points
	s.Of += of
}

// Result is one participant's exam.
type Result struct {
	Whole  Score            `json:"whole"`
	Goals  map[string]Score `json:"goals"`
	Points map[string]int   `json:"points"` // by question; without those that wait for a lecturer
	Open   []string         `json:"open"`   // questions that wait for a lecturer; the result is final when there is none
	Passed bool             `json:"passed"` // final, and the pass mark is reached in the whole and for every goal
}

// Mark gives the result of what was handed in.
func (e Exam) Mark(a Answers, marks map[string]int) Result {
	r := Result{Goals: map[string]Score{}, Points: map[string]int{}, Open: []string{}}
	for _, q := range e.Questions {
		points, known := q.worth(a[q.Code], marks)
		if !known {
			r.Open = append(r.Open, q.Code)
			points = 0
		} else {
			r.Points[q.Code] = points
		}
		r.Whole.add(points, q.Points)
		goal := r.Goals[q.Goal]
		goal.add(points, q.Points)
		r.Goals[q.Goal] = goal
	}
	r.Passed = len(r.Open) == 0 && r.Whole.Reaches(e.Pass)
	for _, s := range r.Goals {
		r.Passed = r.Passed && s.Reaches(e.Pass)
	}
	return r
}

// GoalResult is how far the participants of a class reached one goal.
type GoalResult struct {
	Goal
	Score   Score // of all together
	Reached int   // participants who reached the pass mark in it
	Of      int   // participants examined
}

// Met says whether the class reached the goal: its participants together gave the share of right answers that passes.
func (g GoalResult) Met(pass int) bool { return g.Score.Reaches(pass) }

// Measure sums results up goal by goal, in the order of the goals.
func (e Exam) Measure(goals []Goal, results []Result) []GoalResult {
	out := make([]GoalResult, 0, len(goals))
	for _, g := range goals {
		sum := GoalResult{Goal: g, Of: len(results)}
		for _, r := range results {
			s := r.Goals[g.Code]
			sum.Score.add(s.Points, s.Of)
			if s.Reaches(e.Pass) {
				sum.Reached++
			}
		}
		out = append(out, sum)
	}
	return out
}
