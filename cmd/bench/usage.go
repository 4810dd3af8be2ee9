package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of /proc/PID/stat: USER_HZ is 100 on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// cpuTime is what a process has used so far, user and system, its ended threads included (proc(5)).
func cpuTime(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return parseCPU(string(text))
}

// parseCPU reads fields 14 and 15. The name, field 2, may hold anything, so counting begins behind its last ")".
func parseCPU(stat string) (time.Duration, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("too few fields in %q", stat)
	}
	var sum time.Duration
	for _, text := range fields[11:13] {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("processor time: %w", err)
		}
		sum += time.Duration(n) * tick
	}
	return sum, nil
}

// askRedis sends one INFO section's question and gives the answer's lines, key → value.
func askRedis(ctx context.Context, addr, section string) (map[string]string, error) {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(conn, "INFO %s\r\n", section); err != nil {
		return nil, err
	}
	reader := bufio.NewReader(conn)
	head, err := reader.ReadString('\n')
	if err != nil {
		return nil, err
	}
	size, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(head, "$")))
	if err != nil || !strings.HasPrefix(head, "$") {
		return nil, fmt.Errorf("redis answers %q", head)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(reader, body); err != nil {
		return nil, err
	}
	return pairs(string(body)), nil
}

// pairs reads "key:value" lines.
func pairs(text string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			found[key] = value
		}
	}
	return found
}

// commands are Redis' own counts since it started.
type commands struct {
	all     float64       // every command, those inside of scripts included
	scripts float64       // EVALSHA
	spent   time.Duration // server time in EVALSHA
}

// countCommands reads INFO commandstats, whose own cost it leaves out.
func countCommands(ctx context.Context, addr string) (commands, error) {
	stats, err := askRedis(ctx, addr, "commandstats")
	if err != nil {
		return commands{}, err
	}
	return parseCommands(stats)
}

func parseCommands(stats map[string]string) (commands, error) {
	var c commands
	for key, value := range stats {
		name, ok := strings.CutPrefix(key, "cmdstat_")
		if !ok || name == "info" || name == "ping" {
			continue
		}
		var calls, usec float64
		if _, err := fmt.Sscanf(value, "calls=%g,usec=%g", &calls, &usec); err != nil {
			return c, fmt.Errorf("commandstats %q: %w", value, err)
		}
		c.all += calls
		if name == "evalsha" {
			c.scripts, c.spent = calls, time.Duration(usec*float64(time.Microsecond))
		}
	}
	return c, nil
}

// sumMetrics adds up all series of each name in Prometheus' text format.
func sumMetrics(text string) (map[string]float64, error) {
	sums := map[string]float64{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		end := strings.LastIndexByte(line, ' ')
		value, err := strconv.ParseFloat(line[end+1:], 64)
		if err != nil {
			return nil, fmt.Errorf("metric %q: %w", line, err)
		}
		name, _, _ := strings.Cut(line[:max(end, 0)], "{")
		sums[name] += value
	}
	return sums, nil
}
