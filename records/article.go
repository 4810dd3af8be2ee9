package records

import (
	"context"
	"strings"
	"time"
)

// Who may read a published article.
const (
	AudienceStaff     = "staff"
	AudienceCustomers = "customers" // and staff
)

// Bilingual is a text in Chinese and English; either may be missing.
type Bilingual struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// In gives the text in a language ("en", else Chinese), or in the other one when it is missing.
func (b Bilingual) In(lang string) string {
	if lang == "en" && b.En != "" || b.Zh == "" {
		return b.En
	}
	return b.Zh
}

// ArticleText is what one version of an article says. News have no symptom.
type ArticleText struct {
	Title    Bilingual `json:"title"`
	Symptom  Bilingual `json:"symptom"`
	Body     Bilingual `json:"body"` // the solution, or the news
	Product  string    `json:"product"`
	Category string    `json:"category"`
}

// Article is a known solution (SolutionArticle) or a piece of news (SolutionNews) of a product or service: hotline rules 1 and
// 3 of the domain description.
type Article struct {
	Number         string       `db:"number"     json:"number"`
	Kind           string       `db:"kind"       json:"kind"`
	FromCase       string       `db:"from_case"  json:"from_case,omitempty"` // the case that it was drafted from
	State          ArticleState `db:"state"      json:"state"`
	Latest         int64        `db:"latest"     json:"latest"`
	Live           int64        `db:"live"       json:"live"` // the version that is shown, 0: none
	Audience       string       `db:"audience"   json:"audience,omitempty"`
	From           time.Time    `db:"-"          json:"from,omitzero"`  // when Live is shown from
	Until          time.Time    `db:"-"          json:"until,omitzero"` // zero: without end
	CreatedBy      string       `db:"created_by" json:"created_by"`
	CreatedAt      time.Time    `db:"-"          json:"created_at"`
	UpdatedAt      time.Time    `db:"-"          json:"updated_at"`
	Lock           int64        `db:"lock"       json:"lock"` // changes with every change: give it back to change it
	ArticleVersion `db:"-"`
}

// ArticleVersion is one version.
type ArticleVersion struct {
	Version int64       `json:"version"`
	Text    ArticleText `json:"text"`
	Author  string      `json:"author"`
	At      time.Time   `json:"at"`
}

// ShownAt reports whether people see Live at an instant.
func (a Article) ShownAt(now time.Time) bool {
	return a.Live > 0 && !now.Before(a.From) && (a.Until.IsZero() || now.Before(a.Until))
}

type articleRow struct {
	Article
	From      stamp `db:"shown_from"`
	Until     stamp `db:"shown_until"`
	CreatedAt stamp `db:"created_at"`
	UpdatedAt stamp `db:"updated_at"`
	versionRow
}

type versionRow struct {
	Version   int64  `db:"version"`
	TitleZh   string `db:"title_zh"`
	TitleEn   string `db:"title_en"`
	SymptomZh string `db:"symptom_zh"`
	SymptomEn string `db:"symptom_en"`
	BodyZh    string `db:"body_zh"`
	BodyEn    string `db:"body_en"`
	Product   string `db:"product"`
	Category  string `db:"category"`
	Author    string `db:"author"`
	At        stamp  `db:"at"`
}

func (r versionRow) version() ArticleVersion {
	return ArticleVersion{Version: r.Version, Author: r.Author, At: r.At.time(), Text: ArticleText{
		Title: Bilingual{r.TitleZh, r.TitleEn}, Symptom: Bilingual{r.SymptomZh, r.SymptomEn}, Body: Bilingual{r.BodyZh, r.BodyEn},
		Product: r.Product, Category: r.Category,
	}}
}

func (r articleRow) article() Article {
	a := r.Article
	a.From, a.Until, a.CreatedAt, a.UpdatedAt = r.From.time(), r.Until.time(), r.CreatedAt.time(), r.UpdatedAt.time()
	a.ArticleVersion = r.versionRow.version()
	return a
}

const (
	articleColumns = `SELECT a.number, a.kind, COALESCE(a.from_case, '') AS from_case, a.state, a.latest, a.live, a.audience, a.shown_from,
		a.shown_until, a.created_by, a.created_at, a.updated_at, a.lock, v.version, v.title_zh, v.title_en, v.symptom_zh, v.symptom_en,
		v.body_zh, v.body_en, v.product, v.category, v.author, v.at FROM articles a JOIN article_versions v ON v.number = a.number AND v.version = `
	selectNewest = articleColumns + `a.latest`
	selectLive   = articleColumns + `a.live` // finds only what is published
)

func (c conn) article(ctx context.Context, number string) (Article, error) {
	var row articleRow
	found, err := c.find(ctx, &row, selectNewest+` WHERE a.number = ?`, number)
	if err == nil && !found {
		err = notFound("article", number)
	}
	return row.article(), err
}

// check cleans a text and finds what is missing: a language is there whole or not at all.
func (a *ArticleText) check(kind string) error {
	for _, field := range []*string{&a.Title.Zh, &a.Title.En, &a.Product, &a.Category} {
		*field = line(*field)
	}
	for _, field := range []*string{&a.Symptom.Zh, &a.Symptom.En, &a.Body.Zh, &a.Body.En} {
		*field = text(*field)
	}
	if kind == SolutionNews {
		a.Symptom = Bilingual{}
	}
	var f faults
	for _, lang := range []struct{ name, title, symptom, body string }{
		{"zh", a.Title.Zh, a.Symptom.Zh, a.Body.Zh}, {"en", a.Title.En, a.Symptom.En, a.Body.En},
	} {
		if lang.title+lang.symptom+lang.body != "" || lang.name == "zh" && a.Title.En+a.Body.En == "" {
			f.missing(lang.title != "", "title."+lang.name, "The title is missing.", "Enter a title, or leave this language empty.")
			f.missing(lang.body != "", "body."+lang.name, "The text is missing.", "Enter the text, or leave this language empty.")
		}
		f.short("title."+lang.name, lang.title, maxLine)
		f.short("symptom."+lang.name, lang.symptom, maxText)
		f.short("body."+lang.name, lang.body, maxText)
	}
	f.short("product", a.Product, maxLine)
	f.short("category", a.Category, maxLine)
	return f.problem(ErrIncomplete, "article_incomplete", "Mend the fields named.", "The article cannot be kept like this.")
}

// The search index keeps both languages of a text in one, so that either finds it.
const languageSeam = "\x1e"

func (b Bilingual) joined() string {
	if b.Zh == "" && b.En == "" {
		return ""
	}
	return b.Zh + languageSeam + b.En
}

func bilingual(joined string) Bilingual {
	zh, en, _ := strings.Cut(joined, languageSeam)
	return Bilingual{zh, en}
}
