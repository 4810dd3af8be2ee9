package records

// ArticleState is where the newest version of an article stands. Whether an older version is shown meanwhile is another matter
// (Article.Live): work on an article never takes away what people read.
type ArticleState string

const (
	// ArticleDraft is being written.
	ArticleDraft ArticleState = "draft"
	// ArticleReview waits for somebody who did not write it to publish it or to give it back.
	ArticleReview ArticleState = "review"
	// ArticlePublished is shown to its audience from its date until its end.
	ArticlePublished ArticleState = "published"
	// ArticleWithdrawn is shown to nobody, with a reason. A new version begins it again.
	ArticleWithdrawn ArticleState = "withdrawn"
)

type articleInput string

const (
	reviseArticle   articleInput = "revise" // a new version
	submitArticle   articleInput = "submit"
	returnArticle   articleInput = "return" // with a reason
	publishArticle  articleInput = "publish"
	withdrawArticle articleInput = "withdraw" // with a reason
)

type articleEffect string

const (
	showVersion articleEffect = "show newest version"
	hideArticle articleEffect = "show nothing"
)

type articleMove = move[ArticleState, articleEffect]

var articleMachine = machine[ArticleState, articleInput, articleEffect]{
	name: "article", start: ArticleDraft,
	table: map[ArticleState]map[articleInput]articleMove{
		ArticleDraft: {
			reviseArticle:   {ArticleDraft, nil},
			submitArticle:   {ArticleReview, nil},
			withdrawArticle: {ArticleWithdrawn, []articleEffect{hideArticle}},
		},
		ArticleReview: {
			reviseArticle:   {ArticleDraft, nil}, // what is reviewed is what is published: a change starts again
			returnArticle:   {ArticleDraft, nil},
			publishArticle:  {ArticlePublished, []articleEffect{showVersion}},
			withdrawArticle: {ArticleWithdrawn, []articleEffect{hideArticle}},
		},
		ArticlePublished: {
			reviseArticle:   {ArticleDraft, nil},
			withdrawArticle: {ArticleWithdrawn, []articleEffect{hideArticle}},
		},
		ArticleWithdrawn: {
			reviseArticle: {ArticleDraft, nil},
		},
	},
}
