package pbxtest

import (
	"context"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed phone_scenarios/*.xml
var scenarios embed.FS

// Scenario names one of the callers' scripts for SIPp.
type Scenario string

// The scripts. A call counts as successful only when it went just like this.
const (
	CallerTalks   Scenario = "talks"    // is answered, talks for Talk, hangs up
	CallerListens Scenario = "listens"  // is answered, stays until the agent hangs up
	CallerGivesUp Scenario = "gives-up" // hears ringing, gives up after Patience
)

// SIPpOptions say who calls whom, how often and how fast.
type SIPpOptions struct {
	Server   string        // host:port, UDP
	IP       string        // local address: the trunk's
	Number   string        // the DID
	Calls    int           // in all. Default 1
	Rate     int           // new calls a second. Default 10
	From     string        // digits before the number of the call, 1 and up. Default 1380000
	Talk     time.Duration // Default 1 s
	Patience time.Duration // Default 1 s
	Limit    time.Duration // for all calls together. Default 1 min
}

// SIPpResult is what SIPp counted.
type SIPpResult struct {
	Successful, Failed int
	Retransmissions    int
	ResponseTime       time.Duration // mean from INVITE to the first ringing
	CallLength         time.Duration // mean of successful and failed calls
	Errors             string        // SIPp's own account of what was unexpected
}

// SIPp runs a real sipp as callers until all calls are over, and returns its statistics; calls that failed do not fail
// the test. ctx ends it early.
func SIPp(ctx context.Context, tb TB, scenario Scenario, options SIPpOptions) SIPpResult {
	tb.Helper()
	program, err := exec.LookPath("sipp")
	if err != nil {
		tb.Fatalf("a real sipp is needed: %v (Debian, Ubuntu: apt-get install sip-tester)", err)
	}
	options = options.withDefaults()
	dir := tb.TempDir()
	script, err := scenarios.ReadFile("phone_scenarios/" + string(scenario) + ".xml")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "scenario.xml"), script, 0o600)
	}
	if err != nil {
		tb.Fatalf("sipp: %v", err)
	}
	port, err := freePort(options.IP)
	if err != nil {
		tb.Fatalf("sipp: %v", err)
	}
	pause, unexpected := options.Talk, "all"
	if scenario == CallerGivesUp {
		pause = options.Patience
		unexpected = "all,-abortunexp" // "ringing" may come again while the caller waits
	}
	cmd := exec.CommandContext(ctx, program, options.Server, //nolint:gosec // the test's own options
		"-sf", "scenario.xml", "-s", options.Number, "-i", options.IP, "-p", strconv.Itoa(port), "-mi", options.IP,
		"-m", strconv.Itoa(options.Calls), "-r", strconv.Itoa(options.Rate), "-l", strconv.Itoa(options.Calls),
		"-key", "from", options.From, "-d", strconv.FormatInt(pause.Milliseconds(), 10),
		"-timeout", strconv.Itoa(int(options.Limit.Seconds())), "-timeout_error",
		"-default_behaviors", unexpected, "-nostdin", "-trace_stat", "-stf", "stat.csv", "-fd", "1", "-trace_err", "-error_file", "errors.log")
	cmd.Dir = dir
	screen, err := cmd.CombinedOutput()
	// SIPp tells failed calls by its exit status 1; anything else above is its own trouble.
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 1) && ctx.Err() == nil {
		tb.Fatalf("sipp: %v\n%s\n%s", err, screen, readAll(dir, "errors.log"))
	}
	result, err := readStatistics(filepath.Join(dir, "stat.csv"))
	if err != nil {
		tb.Fatalf("sipp: %v\n%s", err, screen)
	}
	result.Errors = readAll(dir, "errors.log")
	return result
}

func (o SIPpOptions) withDefaults() SIPpOptions {
	if o.Calls == 0 {
		o.Calls = 1
	}
	if o.Rate == 0 {
		o.Rate = 10
	}
	if o.From == "" {
		o.From = "1380000"
	}
	if o.Talk == 0 {
		o.Talk = time.Second
	}
	if o.Patience == 0 {
		o.Patience = time.Second
	}
	if o.Limit == 0 {
		o.Limit = time.Minute
	}
	return o
}

// readStatistics takes the last line of SIPp's file of counters.
func readStatistics(path string) (SIPpResult, error) {
	file, err := os.Open(path)
	if err != nil {
		return SIPpResult{}, err
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.Comma, reader.FieldsPerRecord = ';', -1
	rows, err := reader.ReadAll()
	if err != nil || len(rows) < 2 {
		return SIPpResult{}, fmt.Errorf("%s holds %d lines: %w", path, len(rows), err)
	}
	value := map[string]string{}
	for i, name := range rows[0] {
		if last := rows[len(rows)-1]; i < len(last) {
			value[name] = last[i]
		}
	}
	var bad error
	number := func(name string) int {
		n, err := strconv.Atoi(value[name])
		if err != nil {
			bad = errors.Join(bad, fmt.Errorf("counter %s: %w", name, err))
		}
		return n
	}
	// Durations are hours:minutes:seconds and microseconds: "00:00:01:234567".
	span := func(name string) time.Duration {
		var h, m, s, us int64
		if _, err := fmt.Sscanf(value[name], "%d:%d:%d:%d", &h, &m, &s, &us); err != nil {
			bad = errors.Join(bad, fmt.Errorf("counter %s=%q: %w", name, value[name], err))
		}
		return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second +
			time.Duration(us)*time.Microsecond
	}
	return SIPpResult{
		Successful:      number("SuccessfulCall(C)"),
		Failed:          number("FailedCall(C)"),
		Retransmissions: number("Retransmissions(C)"),
		ResponseTime:    span("ResponseTimering(C)"),
		CallLength:      span("CallLength(C)"),
	}, bad
}

func freePort(ip string) (int, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(ip)})
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).Port, nil
}

func readAll(dir, name string) string {
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return "" // SIPp writes it only when there is something to say
	}
	return strings.TrimSpace(string(content))
}
