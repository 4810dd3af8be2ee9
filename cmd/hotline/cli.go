package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"
	kongcompletion "github.com/jotaen/kong-completion"
	"github.com/posener/complete"

	"hotline/configs"
	"hotline/records"
)

// Exit codes of the process.
const (
	exitOK     = 0
	exitFailed = 1 // the command ran and found or met something wrong; its message says what
	exitUsage  = 2 // the command line itself is wrong
)

// surroundings are what a command has of the process, so that tests can give others.
type surroundings struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string
}

// commandLine is the whole command line; kong reads it from the tags.
type commandLine struct {
	Config string `env:"HOTLINE_CONFIG" placeholder:"FILE" predictor:"file" help:"Configuration file; without one, the defaults and the environment count."`
	Data   string `placeholder:"DIR" predictor:"dir" help:"Data directory, above data.dir of the configuration."`

	Serve          serveCommand              `cmd:"" help:"Answer the hotline until the process is asked to end."`
	CheckConfig    checkConfigCommand        `cmd:"" help:"Say what is wrong with a configuration file, where, and how to mend it."`
	AsteriskConfig asteriskConfigCommand     `cmd:"" help:"Write the complete configuration of an Asterisk that serves this hotline."`
	User           userCommand               `cmd:"" help:"Add, list and change users."`
	Vault          vaultCommand              `cmd:"" help:"Keys of customers' login information."`
	Links          linksCommand              `cmd:"" help:"The key that customers' links are signed with."`
	Verify         verifyCommand             `cmd:"" help:"Check the hash chains of calls and of evidence, and every file, and name the first that does not hold."`
	Procedures     proceduresCommand         `cmd:"" help:"Write the procedures of the binary into a directory, to be changed there."`
	Doctor         doctorCommand             `cmd:"" help:"Check everything the server needs on this machine, and say how to mend what is missing."`
	Version        versionCommand            `cmd:"" help:"Print the version."`
	Completion     kongcompletion.Completion `cmd:"" help:"Print how to switch on tab completion for bash, zsh or fish."`
}

// errFound is the end of a command that has printed its findings itself.
var errFound = errors.New("findings were printed")

// exit carries the code with which kong wants to end the process, after --help or a completion.
type exit int

// run is the process: it reads args, runs the command and gives the exit code. It ends early when ctx does.
func run(ctx context.Context, args []string, around surroundings) (code int) {
	defer func() {
		if r := recover(); r != nil {
			wanted, ok := r.(exit)
			if !ok {
				panic(r)
			}
			code = int(wanted)
		}
	}()
	var line commandLine
	parser, err := kong.New(&line,
		kong.Name("hotline"),
		kong.Description("Answers a service hotline: every caller reaches a human within three rings, every case has one owner."),
		kong.Writers(around.stdout, around.stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(around, &line),
	)
	if err != nil {
		fmt.Fprintln(around.stderr, "hotline:", err)
		return exitUsage
	}
	kongcompletion.Register(parser, kongcompletion.WithPredictors(map[string]complete.Predictor{
		"file": complete.PredictFiles("*"), "dir": complete.PredictDirs("*"),
	}))
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(around.stderr, "hotline: %v\nhotline --help lists the commands, hotline COMMAND --help explains one.\n", err)
		return exitUsage
	}
	switch err := command.Run(); {
	case err == nil:
		return exitOK
	case errors.Is(err, errFound):
		return exitFailed
	default:
		explain(around.stderr, err)
		return exitFailed
	}
}

// explain tells people what went wrong and what to do.
func explain(out io.Writer, err error) {
	var problems configs.Problems
	var problem *records.Problem
	switch {
	case errors.As(err, &problems):
		for _, p := range problems {
			fmt.Fprintln(out, finding(p))
		}
	case errors.As(err, &problem):
		fmt.Fprintf(out, "hotline: %s\n    → %s\n", problem.What, problem.Do)
		for _, f := range problem.Fields {
			fmt.Fprintf(out, "  %s: %s\n    → %s\n", f.Name, f.What, f.Do)
		}
	default:
		fmt.Fprintln(out, "hotline:", err)
	}
}
