package records

import (
	"context"
	"fmt"
)

// ToldArticle tells reviewers that an article waits, and its author what became of it.
const ToldArticle = "article"

func articleNotification(a Article, what string) Notification {
	return Notification{Kind: ToldArticle, Once: fmt.Sprint(a.Number, " ", a.Latest, " ", what, " ", a.Lock), Path: "/knowledge/" + a.Number + "?version=newest"}
}

func (t *txn) tellReviewers(ctx context.Context, a Article, by string) error {
	n := articleNotification(a, string(submitArticle))
	n.Subject = both("%[1]s 等待审核：%[2]s", "%[1]s waits for a review: %[3]s", a.Number, a.Text.Title.In("zh"), a.Text.Title.In("en"))
	return t.tellRole(ctx, RoleSupervisor, by, n)
}

func (t *txn) tellAuthor(ctx context.Context, a Article, by string, input articleInput, reason string) error {
	if a.Author == by {
		return nil
	}
	n := articleNotification(a, string(input))
	n.To = a.Author
	switch input {
	case returnArticle:
		n.Subject = both("%s 退回修改", "%s was given back", a.Number)
	case withdrawArticle:
		n.Subject = both("%s 已撤回", "%s was withdrawn", a.Number)
	default:
		n.Subject = both("%s 已发布", "%s is published", a.Number)
	}
	if reason != "" {
		n.Text = both("%s", "%s", reason)
	}
	return t.tellOne(ctx, n)
}
