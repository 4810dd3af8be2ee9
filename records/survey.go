package records

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/records/instrument"
)

// The channels by which a customer answers.
const (
	SurveyCall  = "call"  // asked by the manager on the telephone
	SurveyKeys  = "keys"  // pressed on the telephone
	SurveyLink  = "link"  // on the page of a link
	SurveyMail  = "mail"  // on the page of a link that was mailed
	SurveyPaper = "paper" // on paper, keyed in by staff, with the scan
)

// KeyedByCustomer stands for a login where the customer keyed in.
const KeyedByCustomer = "customer"

// Survey is one version of one filled-in satisfaction survey. It is never edited; a correction is the next version.
type Survey struct {
	ID          string            `db:"id"           json:"id"`
	Series      string            `db:"series"       json:"series"` // id of the first version
	Version     int               `db:"version"      json:"version"`
	Form        string            `db:"form"         json:"form"`
	FormVersion int               `db:"form_version" json:"form_version"`
	FollowUp    string            `db:"followup"     json:"followup,omitempty"`
	Visit       string            `db:"visit"        json:"visit,omitempty"` // number of a regular visit's order
	Case        string            `db:"case_number"  json:"case,omitempty"`
	CustomerID  string            `db:"customer_id"  json:"customer_id,omitempty"`
	Who         string            `db:"who"          json:"who"`
	Channel     string            `db:"channel"      json:"channel"`
	KeyedBy     string            `db:"keyed_by"     json:"keyed_by"`
	AnsweredAt  time.Time         `db:"-"            json:"answered_at"`
	Answers     map[string]string `db:"-"            json:"answers"`
	Speed       int               `db:"speed"        json:"speed"`   // 1 to 5; 0: not answered
	Quality     int               `db:"quality"      json:"quality"` // likewise
	Complete    bool              `db:"complete"     json:"complete"`
	Recording   string            `db:"recording"    json:"recording,omitempty"`
	Call        string            `db:"call"         json:"call,omitempty"`
	File        string            `db:"file"         json:"file,omitempty"` // of the scan
	Reason      string            `db:"reason"       json:"reason,omitempty"`
	CreatedAt   time.Time         `db:"-"            json:"created_at"`
	Hash        string            `db:"hash"         json:"hash"`
	Counts      bool              `db:"-"            json:"counts"` // the first complete one of its customer's follow-up, newest version
	Newest      bool              `db:"-"            json:"newest"`
}

type surveyRow struct {
	Survey
	AnsweredAt stamp  `db:"answered_at"`
	CreatedAt  stamp  `db:"created_at"`
	Answers    string `db:"answers"`
}

func (r surveyRow) survey() Survey {
	s := r.Survey
	s.AnsweredAt, s.CreatedAt = r.AnsweredAt.time(), r.CreatedAt.time()
	_ = json.Unmarshal([]byte(r.Answers), &s.Answers) // written by addSurvey
	return s
}

// NewSurvey is a survey that was answered, or a correction of one (Series and Reason).
type NewSurvey struct {
	FollowUp   string // id or case number
	Visit      string // number of a regular visit's order, instead
	Channel    string
	Who        string // who answered
	KeyedBy    string // login, or KeyedByCustomer
	AnsweredAt time.Time
	Answers    map[string]string
	Partial    bool // not every rating need be there: what was said before a hang-up
	Recording  string
	Call       string
	File       string // scan of the paper, see SaveFile
	Series     string // of the survey that this corrects
	Reason     string // why it is corrected
}

// AddSurvey keeps a survey. The first complete one of a follow-up counts and ends it; a low score opens an improvement. A second
// one by another channel is kept beside it and said to be so. Nobody keys in a survey of their own work.
// Errors: ErrNotFound, ErrForbidden (own work), ErrIncomplete (who answered, ratings, reason of a correction), ErrInvalid.
func (s *Store) AddSurvey(ctx context.Context, in NewSurvey) (Survey, error) {
	var out Survey
	err := s.write(ctx, "add survey", func(t *txn) (err error) {
		out, err = t.addSurvey(ctx, in)
		return err
	})
	return out, err
}

func (t *txn) addSurvey(ctx context.Context, in NewSurvey) (Survey, error) {
	in.Who, in.Reason, in.Call = line(in.Who), text(in.Reason), line(in.Call)
	f, subject, err := t.surveyed(ctx, in)
	if err != nil {
		return Survey{}, err
	}
	if in.KeyedBy != KeyedByCustomer {
		if err := f.notOwnWork(in.KeyedBy); err != nil {
			return Survey{}, err
		}
	}
	form := t.s.opt.Form
	if err := t.surveyFaults(in, form); err != nil {
		return Survey{}, err
	}
	answers := map[string]string{}
	for code, answer := range in.Answers {
		if answer = text(answer); answer != "" {
			answers[code] = answer
		}
	}
	out := subject
	out.ID, out.CreatedAt, out.Version = newID(t.now), t.now, 1
	out.Series = out.ID
	if in.Series != "" {
		before, err := t.newestSurvey(ctx, in.Series)
		if err != nil {
			return Survey{}, err
		}
		if before.FollowUp != out.FollowUp || before.Visit != out.Visit {
			return Survey{}, notFound("survey", in.Series)
		}
		out.Series, out.Version = before.Series, before.Version+1
		set(&in.File, before.File)
		set(&in.Recording, before.Recording)
		set(&in.Call, before.Call)
	}
	if in.AnsweredAt.IsZero() || in.AnsweredAt.After(t.now) {
		in.AnsweredAt = t.now
	}
	out.Form, out.FormVersion, out.Who, out.Channel, out.KeyedBy = form.Code, form.Version, in.Who, in.Channel, in.KeyedBy
	out.AnsweredAt, out.Answers, out.Recording, out.Call, out.File, out.Reason = in.AnsweredAt.UTC().Truncate(time.Microsecond), answers, in.Recording, in.Call, in.File, in.Reason
	out.Speed, out.Quality = instrument.Score(answers, instrument.Speed), instrument.Score(answers, instrument.Quality)
	out.Complete = len(form.Check(answers, false)) == 0
	if err := t.insertSurvey(ctx, &out, form); err != nil {
		return Survey{}, err
	}
	return out, t.settleSurvey(ctx, f, out)
}

// surveyed finds what a survey is about. The follow-up is empty for a regular visit.
func (t *txn) surveyed(ctx context.Context, in NewSurvey) (FollowUp, Survey, error) {
	if in.Visit != "" {
		o, err := t.order(ctx, in.Visit)
		if err == nil && o.Kind != visitProcedure {
			err = notFound("visit", in.Visit)
		}
		return FollowUp{}, Survey{Visit: o.Number, CustomerID: o.CustomerID}, err
	}
	f, err := t.followUp(ctx, in.FollowUp)
	return f, Survey{FollowUp: f.ID, Case: f.Case, CustomerID: f.CustomerID}, err
}

func (t *txn) surveyFaults(in NewSurvey, form instrument.Form) error {
	var f faults
	switch in.Channel {
	case SurveyCall, SurveyKeys, SurveyLink, SurveyMail:
	case SurveyPaper:
		f.missing(in.File != "" || in.Series != "", "file", "The scan of the sheet is missing.", "Attach the scan or photo of the signed sheet.")
	default:
		f.add("channel", "unknown", "Choose how the customer answered.", "There is no channel %q.", in.Channel)
	}
	f.missing(in.Who != "" || in.Channel == SurveyKeys, "who", "Who answered is missing.", "Write the name of the person who answered.")
	f.short("who", in.Who, maxLine)
	f.missing(in.KeyedBy != "", "keyed_by", "Who keyed it in is missing.", "Sign in.")
	if in.Series != "" {
		f.required("reason", in.Reason, maxText, "A correction needs a reason.", "Say why the survey is corrected.")
	}
	for _, fault := range form.Check(in.Answers, in.Partial) {
		f.add(fault.Question, fault.Code, "Answer it with 1 to 5.", "The answer to %s is %s.", fault.Question, strings.ReplaceAll(fault.Code, "_", " "))
	}
	return f.problem(ErrIncomplete, "survey_incomplete", "Fill in the fields named.", "The survey cannot be kept like this.")
}

func (t *txn) insertSurvey(ctx context.Context, v *Survey, form instrument.Form) error {
	if err := t.do(ctx, `INSERT INTO survey_forms (code, version, digest, source) VALUES (?, ?, ?, ?) ON CONFLICT (code, version) DO NOTHING`,
		form.Code, form.Version, form.Digest, form.Source); err != nil {
		return err
	}
	var digest string
	if err := t.get(ctx, &digest, `SELECT digest FROM survey_forms WHERE code = ? AND version = ?`, form.Code, form.Version); err != nil {
		return err
	}
	if digest != form.Digest {
		return problem(ErrConflict, "form_changed", "Give the changed questions a higher version.",
			"The questions of %s, version %d, were changed after they had been asked.", form.Code, form.Version)
	}
	raw, err := json.Marshal(v.Answers)
	if err != nil {
		return err
	}
	v.Hash = v.digest(string(raw))
	return t.do(ctx, `INSERT INTO surveys (id, series, version, form, form_version, followup, visit, case_number, customer_id, who, channel,
		keyed_by, answered_at, answers, speed, quality, complete, recording, call, file, reason, created_at, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, v.ID, v.Series, v.Version, v.Form, v.FormVersion,
		null(v.FollowUp), v.Visit, v.Case, null(v.CustomerID), v.Who, v.Channel, v.KeyedBy, at(v.AnsweredAt), string(raw), v.Speed, v.Quality,
		v.Complete, v.Recording, v.Call, v.File, v.Reason, at(v.CreatedAt), v.Hash)
}

// digest is the SHA-256, in hex, of the line "hotline-survey/1" and, for each field, "<bytes>:<value>\n".
func (v Survey) digest(answers string) string {
	h := sha256.New()
	_, _ = io.WriteString(h, "hotline-survey/1\n") // a hash never fails to write
	for _, field := range []string{
		v.ID, v.Series, strconv.Itoa(v.Version), v.Form, strconv.Itoa(v.FormVersion), v.FollowUp, v.Visit, v.Who, v.Channel, v.KeyedBy,
		strconv.FormatInt(int64(at(v.AnsweredAt)), 10), answers, v.Recording, v.Call, v.File, v.Reason, strconv.FormatInt(int64(at(v.CreatedAt)), 10),
	} {
		_, _ = fmt.Fprintf(h, "%d:%s\n", len(field), field)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// settleSurvey does what follows from a survey: the follow-up is done, a low score is worked on.
func (t *txn) settleSurvey(ctx context.Context, f FollowUp, v Survey) error {
	if f.ID != "" && v.Complete && f.State != FollowUpDone {
		if _, err := t.moveFollowUp(ctx, f, answerFollowUp, func(f *FollowUp) { f.Outcome = v.Channel }); err != nil {
			return err
		}
	}
	low := v.Speed > 0 && v.Speed <= t.s.opt.LowScore || v.Quality > 0 && v.Quality <= t.s.opt.LowScore
	if low {
		return t.openImprovement(ctx, f, v)
	}
	return nil
}

const selectSurvey = `SELECT id, series, version, form, form_version, COALESCE(followup, '') AS followup, visit, case_number,
	COALESCE(customer_id, '') AS customer_id, who, channel, keyed_by, answered_at, answers, speed, quality, complete, recording, call, file,
	reason, created_at, hash FROM surveys`

func (c conn) newestSurvey(ctx context.Context, series string) (Survey, error) {
	var row surveyRow
	found, err := c.find(ctx, &row, selectSurvey+` WHERE series = ? ORDER BY version DESC LIMIT 1`, series)
	if err == nil && !found {
		err = notFound("survey", series)
	}
	return row.survey(), err
}

// Surveys lists every version of every survey of a follow-up or a visit, in the order in which they were kept. At most one
// counts: the newest version of the first that is complete.
func (s *Store) Surveys(ctx context.Context, subject string) ([]Survey, error) {
	var rows []surveyRow
	if err := s.read().list(ctx, &rows, selectSurvey+` WHERE followup = ? OR visit = ? OR case_number = ? ORDER BY created_at, id`, subject, subject, subject); err != nil {
		return nil, s.explain("surveys", err)
	}
	list := mapped(rows, surveyRow.survey)
	newest := map[string]int{}
	for i, v := range list {
		newest[v.Series] = i
	}
	for i := range list {
		list[i].Newest = newest[list[i].Series] == i
	}
	first := ""
	for _, v := range list { // in order of their first versions
		if v.Version == 1 && list[newest[v.Series]].Complete {
			first = v.Series
			break
		}
	}
	if first != "" {
		list[newest[first]].Counts = true
	}
	return list, nil
}

// Form is the survey that is asked now.
func (s *Store) Form() instrument.Form { return s.opt.Form }

// MailsCustomers says whether mail leaves the house at all.
func (s *Store) MailsCustomers() bool { return slices.Contains(s.opt.Channels, ByMail) }
