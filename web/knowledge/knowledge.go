// Package knowledge is what the house knows and tells: known solutions and news that agents write, somebody else reviews, and staff or
// customers read; and the digest of what customers report. The rules are those of records.
package knowledge

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// Records is what the pages read and write. *records.Store has it.
type Records interface {
	DraftArticle(ctx context.Context, by string, in records.NewArticle) (records.Article, error)
	ReviseArticle(ctx context.Context, by, number string, lock int64, in records.ArticleText) (records.Article, error)
	SubmitArticle(ctx context.Context, by, number string, lock int64) (records.Article, error)
	ReturnArticle(ctx context.Context, by, number string, lock int64, reason string) (records.Article, error)
	PublishArticle(ctx context.Context, by, number string, lock int64, p records.Publication) (records.Article, error)
	WithdrawArticle(ctx context.Context, by, number string, lock int64, reason string) (records.Article, error)
	ArticleFromCase(ctx context.Context, number string) (records.NewArticle, error)
	ArticleFile(ctx context.Context, number string) (records.ArticleFile, error)
	ShownArticle(ctx context.Context, number string, public bool) (records.Article, error)
	Articles(context.Context, records.ArticleFilter) (records.Page[records.Article], error)
	ArticleCounts(context.Context) (map[records.ArticleState]int, error)
	UnreadNews(ctx context.Context, login string) ([]string, error)
	ReadNews(ctx context.Context, login, number string) error
	Solutions(context.Context, records.SolutionQuery) ([]records.Solution, error)
	Users(context.Context) ([]records.User, error)
	CompileDigest(ctx context.Context, period string, in time.Time) (records.Digest, error)
	Digest(ctx context.Context, id string) (records.Digest, error)
	Digests(ctx context.Context, after string, limit int) (records.Page[records.DigestHead], error)
}

// Options is what the pages need. Pages and Records are required.
type Options struct {
	Pages    *ui.Pages
	Records  Records
	Products func() []records.Product // what there is now; none when nil
	Company  string                   // whose pages customers read
	Call     []string                 // the numbers that customers may call
	Zone     *time.Location           // of the digest's days; time.Local
	Now      func() time.Time         // time.Now
	Log      *slog.Logger
	Source   func(*http.Request) netip.Addr // where somebody without an account asks from; who is connected when nil
}

// Knowledge serves the pages.
type Knowledge struct {
	opt   Options
	pages *ui.Pages
	store Records
	log   *slog.Logger
	crowd *crowd
}

// New makes the pages. The error says which option is missing.
func New(o Options) (*Knowledge, error) {
	if o.Pages == nil || o.Records == nil {
		return nil, fmt.Errorf("knowledge: Pages and Records are required")
	}
	if o.Products == nil {
		o.Products = func() []records.Product { return nil }
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Source == nil {
		o.Source = func(r *http.Request) netip.Addr {
			from, _ := netip.ParseAddrPort(r.RemoteAddr) // the zero address is a source like another
			return from.Addr()
		}
	}
	return &Knowledge{opt: o, pages: o.Pages, store: o.Records, log: o.Log.With("component", "knowledge"), crowd: newCrowd(o.Source, o.Now)}, nil
}

// Mount adds the pages.
func (k *Knowledge) Mount(r ui.Router) {
	readers := []string{records.RoleAgent, records.RoleSupervisor, records.RoleDispatcher}
	writers := []string{records.RoleAgent, records.RoleSupervisor}

	r.Page("GET /knowledge", readers, k.list)
	r.Page("GET /knowledge/new", writers, k.begin)
	r.Page("POST /knowledge", writers, k.draft)
	r.Page("GET /knowledge/{number}", readers, k.show)
	r.Page("GET /knowledge/{number}/edit", writers, k.edit)
	r.Page("POST /knowledge/{number}", writers, k.revise)
	r.Page("POST /knowledge/{number}/submit", writers, k.submit)
	r.Page("POST /knowledge/{number}/return", writers, k.giveBack)
	r.Page("POST /knowledge/{number}/publish", writers, k.publish)
	r.Page("POST /knowledge/{number}/withdraw", writers, k.withdraw)

	r.Page("GET /feedback", readers, k.digest)
	r.Page("GET /feedback/pdf", readers, k.digestPDF)
	r.Page("GET /feedback/{id}", readers, k.digest)
	r.Page("GET /feedback/{id}/pdf", readers, k.digestPDF)

	r.Page("GET /news", readers, k.news)
	r.Page("POST /news/read", readers, k.readAll)

	r.Open("GET /help", k.public(k.help))
	r.Open("GET /help/{number}", k.public(k.helpArticle))
}
