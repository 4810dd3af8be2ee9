package records_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"hotline/records"
)

// BenchmarkClaim: one durable claim of a fresh call, as at every human answer.
func BenchmarkClaim(b *testing.B) {
	s := sqliteDatabase(b).open(b)
	n := 0
	for b.Loop() {
		n++
		answer(b, s, fmt.Sprint("c", n), "li", fmt.Sprint(13800000000+n))
	}
}

// BenchmarkClaimParallel: claims from many calls at once.
func BenchmarkClaimParallel(b *testing.B) {
	s := sqliteDatabase(b).open(b)
	var n atomic.Int64
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			if _, err := s.OwnCall(context.Background(), records.OwnInput{Call: fmt.Sprint("c", i), Agent: "li", Number: fmt.Sprint(13800000000 + i)}); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkJournal: durable entries, 16 a call, flushed at the end.
func BenchmarkJournal(b *testing.B) {
	s := sqliteDatabase(b).open(b)
	for n := range b.N { // not Loop: the flush counts
		s.Journal().Append(records.JournalEntry{Call: fmt.Sprint("c", n/16), Kind: "offered", Agent: "li", Data: []byte(`{"why":"skill 2","ring":"1"}`)})
	}
	if err := s.Journal().Flush(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkAppend: what appending costs the caller.
func BenchmarkAppend(b *testing.B) {
	s := sqliteDatabase(b).open(b)
	e := records.JournalEntry{Call: "c1", Kind: "offered", Agent: "li", Data: []byte(`{"why":"skill 2","ring":"1"}`)}
	b.ReportAllocs()
	for n := 1; b.Loop(); n++ {
		s.Journal().Append(e)
		if n%10000 == 0 { // the writer must not be left behind for ever
			b.StopTimer()
			must(b, s.Journal().Flush(context.Background()))
			b.StartTimer()
		}
	}
}

// BenchmarkCard: the screen pop's look-up among 1,000 contacts.
func BenchmarkCard(b *testing.B) {
	s := sqliteDatabase(b).open(b)
	for i := range 1000 {
		get[records.Contact](b)(s.AddContact(context.Background(), records.Contact{
			Name: fmt.Sprint("contact ", i), Numbers: []records.Number{{Number: fmt.Sprint(13800000000 + i)}},
		}))
	}
	answer(b, s, "c1", "li", "13800000500")
	for b.Loop() {
		get[records.Card](b)(s.Card(context.Background(), "13800000500"))
	}
}
