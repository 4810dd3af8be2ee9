package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// redisConn asks Redis a few questions for the doctor. The board's own client stays inside package queue, so this speaks
// the protocol itself (RESP2, redis.io "Redis serialization protocol"): five lines of it are all that INFO needs.
type redisConn struct {
	conn net.Conn
	read *bufio.Reader
}

// redisError is an answer that begins with "-".
type redisError string

func (e redisError) Error() string { return "redis says: " + string(e) }

// maxReply bounds one answer; INFO is some kilobytes.
const maxReply = 1 << 20

// dialRedis connects and logs in. ctx bounds the whole conversation.
func dialRedis(ctx context.Context, address string) (*redisConn, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("redis.url is no URL")
	}
	network, target := "tcp", u.Host
	switch {
	case u.Scheme == "unix":
		network, target = "unix", u.Path
	case u.Port() == "":
		target = net.JoinHostPort(u.Hostname(), "6379")
	}
	var conn net.Conn
	if u.Scheme == "rediss" {
		conn, err = (&tls.Dialer{Config: &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}}).DialContext(ctx, network, target)
	} else {
		conn, err = new(net.Dialer).DialContext(ctx, network, target)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot be reached: %w", err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		err = conn.SetDeadline(deadline)
	}
	c := &redisConn{conn: conn, read: bufio.NewReader(conn)}
	if password, ok := u.User.Password(); ok && err == nil {
		login := []string{"AUTH", password}
		if user := u.User.Username(); user != "" {
			login = []string{"AUTH", user, password}
		}
		_, err = c.ask(login...)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return c, nil
}

func (c *redisConn) close() { _ = c.conn.Close() } // nothing was written that could be lost

// ask sends one command and gives its answer, a simple or a bulk string.
func (c *redisConn) ask(words ...string) (string, error) {
	var command strings.Builder
	fmt.Fprintf(&command, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&command, "$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := io.WriteString(c.conn, command.String()); err != nil {
		return "", fmt.Errorf("ask redis: %w", err)
	}
	line, err := c.read.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("read redis' answer: %w", err)
	}
	line = strings.TrimSuffix(line, "\r\n")
	switch {
	case strings.HasPrefix(line, "+"):
		return line[1:], nil
	case strings.HasPrefix(line, "-"):
		return "", redisError(line[1:])
	case !strings.HasPrefix(line, "$"):
		return "", errors.New("what answers there is no Redis")
	}
	size, err := strconv.Atoi(line[1:])
	if err != nil || size < 0 || size > maxReply {
		return "", fmt.Errorf("an answer of the length %q makes no sense", line[1:])
	}
	text := make([]byte, size+2)
	if _, err := io.ReadFull(c.read, text); err != nil {
		return "", fmt.Errorf("read redis' answer: %w", err)
	}
	return string(text[:size]), nil
}
