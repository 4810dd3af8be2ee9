package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// wallReader is one reader of a stream. It notes how long each event took, and whether one was missing.
type wallReader struct {
	body io.ReadCloser
	took []int64 // ns
	gaps int
}

// open asks for the stream and waits for its first line, so that nothing is sent before somebody hears it.
func (r *wallReader) open(ctx context.Context, client *http.Client, to streams) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, to.url, nil)
	if err != nil {
		return err
	}
	if to.token != "" {
		req.Header.Set("Authorization", "Bearer "+to.token)
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return fmt.Errorf("%s: %s", to.url, res.Status)
	}
	r.body = res.Body
	return nil
}

// read goes on until the last event, or until the stream is cut.
func (r *wallReader) read(last int) {
	defer r.body.Close()
	lines := bufio.NewReaderSize(r.body, 64<<10)
	next := 0
	for next <= last {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			return
		}
		_, rest, found := bytes.Cut(line, []byte(`"stamp":"`))
		if !found {
			continue
		}
		now := time.Now().UnixNano()
		stamp, _, _ := bytes.Cut(rest, []byte(";"))
		at, number, _ := bytes.Cut(stamp, []byte(":"))
		sent, err1 := strconv.ParseInt(string(at), 10, 64)
		n, err2 := strconv.Atoi(string(number))
		if err1 != nil || err2 != nil || n != next {
			r.gaps++
		}
		next = n + 1
		r.took = append(r.took, now-sent)
	}
}

// openBare is the least that net/http can do: a channel for each reader, a write and a flush for each event.
func openBare(s *stage) streams {
	var mu sync.Mutex
	readers := map[chan []byte]bool{}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mine := make(chan []byte, 16_384) // no reader of a round can fall behind: it must not lose by being slow
		mu.Lock()
		readers[mine] = true
		mu.Unlock()
		defer func() {
			mu.Lock()
			defer mu.Unlock()
			delete(readers, mine)
		}()
		w.Header().Set("Content-Type", "text/event-stream")
		ctl := http.NewResponseController(w)
		_, _ = io.WriteString(w, ": hello\n\n")
		_ = ctl.Flush()
		for {
			select {
			case <-r.Context().Done():
				return
			case frame := <-mine:
				if _, err := w.Write(frame); err != nil {
					return
				}
				if err := ctl.Flush(); err != nil {
					return
				}
			}
		}
	})
	url := serveOn(s, handler)
	return streams{url: url, publish: func(n int) error {
		data, err := bareFrame(n)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		for mine := range readers {
			mine <- data
		}
		return nil
	}}
}

// bareFrame is the same event, encoded once.
func bareFrame(n int) ([]byte, error) {
	data, err := json.Marshal(anEvent(n))
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "id: %d\nevent: offered\ndata: %s\n\n", n, data), nil
}
