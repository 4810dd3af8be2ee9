package main

import (
	"math"
	"testing"
)

func TestQuantile(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(100 - i) // 100 … 1
	}
	for _, c := range []struct {
		values []float64
		q      float64
		want   float64
	}{
		{hundred, 0.5, 50},
		{hundred, 0.99, 99},
		{hundred, 1, 100},
		{hundred, 0, 1},
		{[]float64{7}, 0.99, 7},
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{4, 1, 3, 2}, 0.5, 2},
	} {
		if got := quantile(c.values, c.q); got != c.want {
			t.Errorf("quantile(%v values, %v) = %v, want %v", len(c.values), c.q, got, c.want)
		}
	}
	if got := quantile(nil, 0.5); !math.IsNaN(got) {
		t.Errorf("quantile of nothing = %v", got)
	}
	if hundred[0] != 100 {
		t.Error("quantile sorted its caller's values")
	}
}

func TestMedianOfRatiosIsNotTheRatioOfMedians(t *testing.T) {
	// The machine was slow in the second round for both: the rounds' own ratios are 2, 2 and 3.
	ours, theirs := []float64{2, 20, 3}, []float64{1, 10, 1}
	if got := medianRatio(ours, theirs); got != 2 {
		t.Errorf("median ratio %v, want 2", got)
	}
	if got := median([]float64{4, 1, 2, 3}); got != 2.5 {
		t.Errorf("median %v, want 2.5", got)
	}
	if got := medianRatio(nil, theirs); !math.IsNaN(got) {
		t.Errorf("median ratio of nothing %v", got)
	}
}
