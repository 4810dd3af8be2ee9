package records

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// BenchmarkSolutions: one search while somebody types, over 100,000 solved cases; p99 of all of them is reported.
func BenchmarkSolutions(b *testing.B) {
	ctx := context.Background()
	s, err := Open(ctx, Options{Path: filepath.Join(b.TempDir(), "hotline.db"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	fillSearch(b, s, 100_000)
	queries := []SolutionQuery{
		{Text: "打印机卡纸"},
		{Text: "无法登录"},
		{Text: "报错", Product: "ERP U8"},
		{Text: "客户端连接服务器超时请问怎么办"},
		{Text: "error 0x8007"},
		{Text: "月末结账", About: "结账时提示凭证不平，已经检查过所有凭证，仍然无法结账，需要尽快解决"},
		{Text: "print spooler offline"},
		{Text: "导出"},
	}
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		found, err := s.Solutions(ctx, queries[i%len(queries)])
		if err != nil || len(found) == 0 {
			b.Fatal(queries[i%len(queries)], err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

func fillSearch(b *testing.B, s *Store, n int) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same cases each time
	parts := []string{
		"打印机", "卡纸", "客户端", "无法", "登录", "服务器", "连接", "超时", "报表", "导出", "失败", "月末", "结账", "凭证", "不平", "数据库", "索引",
		"缓慢", "升级", "补丁", "安装", "权限", "目录", "网络", "防火墙", "端口", "提示", "错误", "报错", "发票", "库存", "盘点", "工资", "折旧", "重启",
		"print ", "spooler ", "offline ", "error ", "timeout ", "Excel ", "license ", "update ", "login ", "server ",
	}
	text := func(n int) string {
		var out string
		for range n {
			out += parts[r.IntN(len(parts))]
			if r.IntN(6) == 0 {
				out += "，" + string(rune(0x4e00+r.IntN(3000))) + string(rune(0x4e00+r.IntN(3000)))
			}
		}
		return out
	}
	for from := 0; from < n; from += chunkDocs {
		docs := make([]searchDoc, 0, chunkDocs)
		for i := from; i < min(n, from+chunkDocs); i++ {
			docs = append(docs, searchDoc{
				Kind: SolutionCase, Ref: fmt.Sprintf("C-%06d", i), Title: text(3), Symptom: text(25) + fmt.Sprintf(" 0x8007%04x", r.IntN(65536)),
				Solution: text(20), Product: []string{"ERP U8", "打印机", "OA"}[r.IntN(3)], At: stamp(time.Now().Add(-time.Duration(n-i) * time.Minute).UnixMicro()),
			})
		}
		if err := s.write(context.Background(), "fill", func(t *txn) error { return t.index(context.Background(), docs...) }); err != nil {
			b.Fatal(err)
		}
	}
}
