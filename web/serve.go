package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// ServeOptions says where and how to serve.
type ServeOptions struct {
	Listener net.Listener // required; the caller binds it, so that a busy port is an error at start
	Handler  http.Handler // required
	CertFile string       // with KeyFile: TLS 1.2 or newer, HTTP/2
	KeyFile  string
	Drain    time.Duration // how long requests may take to end once ctx is over (10 s when 0)
	OnDrain  func()        // called first when ctx is over, to end streams: Site.Drain
	Log      *slog.Logger
}

// Serve answers requests until ctx is over, then drains: no new connections, streams are told to end, requests get Drain
// to finish, and what is left is cut. It returns nil after a drain in time.
//
// There is no write time-out for the connection because event streams live long; the streams set a deadline for each write.
func Serve(ctx context.Context, o ServeOptions) error {
	if o.Drain <= 0 {
		o.Drain = 10 * time.Second
	}
	server := &http.Server{
		Handler:           o.Handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       0, // the API bounds each body's reading itself; a stream has none
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn),
		// Requests outlive ctx on purpose: they get Drain to end.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	if o.OnDrain != nil {
		server.RegisterOnShutdown(o.OnDrain)
	}
	failed := make(chan error, 1)
	go func() {
		if o.CertFile != "" {
			server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
			failed <- server.ServeTLS(o.Listener, o.CertFile, o.KeyFile)
			return
		}
		failed <- server.Serve(o.Listener)
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("web: serve %s: %w", o.Listener.Addr(), err)
	case <-ctx.Done():
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.Drain)
	defer cancel()
	err := server.Shutdown(limit)
	if err != nil {
		err = errors.Join(fmt.Errorf("web: requests were cut after %s: %w", o.Drain, err), server.Close())
	}
	if serveErr := <-failed; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}
