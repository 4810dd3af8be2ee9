package ui

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// sentences are the Chinese of what the rooms behind the pages say in words: what they refuse with, what they note and report. records,
// agent, queue and the switch word it once, in English, and know of no visitor; so it is known again by its sentence, as with gettext,
// whose parts are then put into the Chinese one. What was kept in English long ago is read so, too.
type sentences struct {
	whole    map[string]string // sentences without parts
	patterns []pattern         // sentences with parts, those with the most words of their own first
	codes    map[string]string // parts that are codes of ours: states, kinds of things
}

// pattern knows a sentence with parts again.
type pattern struct {
	english string
	known   *regexp.Regexp
	quoted  []bool // the part was written by %q
	chinese string
}

// sentenceLength bounds what is looked for, in bytes: a sentence of a room is two lines long.
const sentenceLength = 4 << 10

// readSentences reads the files of a pattern: English with the verbs of fmt, and Chinese in which {0} stands for the first of them, {=0} for
// the Chinese of the code that it is. A file codes.yaml has codes, which add to those given.
func readSentences(files fs.FS, glob string, codes map[string]string) (sentences, error) {
	all := sentences{whole: map[string]string{}, codes: map[string]string{}}
	maps.Copy(all.codes, codes)
	names, err := fs.Glob(files, glob)
	if err != nil {
		return all, err
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return all, err
		}
		var some map[string]string
		if err := yaml.UnmarshalWithOptions(data, &some, yaml.Strict()); err != nil {
			return all, fmt.Errorf("%s: %w", name, err)
		}
		for english, chinese := range some {
			if err := all.take(path.Base(name) == "codes.yaml", english, chinese); err != nil {
				return all, fmt.Errorf("%s: %q %w", path.Base(name), english, err)
			}
		}
	}
	slices.SortFunc(all.patterns, func(a, b pattern) int {
		if d := len(verb.ReplaceAllString(b.english, "")) - len(verb.ReplaceAllString(a.english, "")); d != 0 {
			return d
		}
		return strings.Compare(a.english, b.english)
	})
	return all, nil
}

var (
	verb = regexp.MustCompile(`%[sqdv]`)
	part = regexp.MustCompile(`\{=?(\d)\}`)
)

func (r *sentences) take(code bool, english, chinese string) error {
	if chinese == "" {
		return fmt.Errorf("is not said in Chinese")
	}
	if code {
		r.codes[english] = chinese
		return nil
	}
	verbs := verb.FindAllString(english, -1)
	for i := range verbs {
		if !strings.Contains(chinese, fmt.Sprintf("{%d}", i)) && !strings.Contains(chinese, fmt.Sprintf("{=%d}", i)) {
			return fmt.Errorf("says part %d in English only", i)
		}
	}
	for _, m := range part.FindAllStringSubmatch(chinese, -1) {
		if n, _ := strconv.Atoi(m[1]); n >= len(verbs) {
			return fmt.Errorf("says a part %d that is not there", n)
		}
	}
	if len(verbs) == 0 {
		if _, twice := r.whole[english]; twice {
			return fmt.Errorf("stands elsewhere too")
		}
		r.whole[english] = chinese
		return nil
	}
	p := pattern{english: english, chinese: chinese}
	text, at := `(?s)\A`, 0
	for i, span := range verb.FindAllStringIndex(english, -1) {
		text += regexp.QuoteMeta(english[at:span[0]])
		at = span[1]
		p.quoted = append(p.quoted, verbs[i] == "%q")
		switch verbs[i] {
		case "%q":
			text += `("(?:[^"\\]|\\.)*")`
		case "%d":
			text += `(-?\d+)`
		default:
			text += `(.*?)`
		}
	}
	known, err := regexp.Compile(text + regexp.QuoteMeta(english[at:]) + `\z`)
	if err != nil {
		return err
	}
	p.known = known
	r.patterns = append(r.patterns, p)
	return nil
}

// say gives the Chinese of an English sentence; false when it is not known.
func (r *sentences) say(english string) (string, bool) {
	if chinese, ok := r.whole[english]; ok {
		return chinese, true
	}
	if len(english) > sentenceLength {
		return english, false
	}
	for _, p := range r.patterns {
		if parts := p.known.FindStringSubmatch(english); parts != nil {
			return r.fill(p, parts[1:]), true
		}
	}
	return english, false
}

func (r *sentences) fill(p pattern, parts []string) string {
	for i, quoted := range p.quoted {
		if plain, err := strconv.Unquote(parts[i]); quoted && err == nil {
			parts[i] = plain
		}
	}
	return part.ReplaceAllStringFunc(p.chinese, func(hole string) string {
		code := strings.HasPrefix(hole, "{=")
		n, _ := strconv.Atoi(strings.Trim(hole, "{=}"))
		if !code {
			return parts[n]
		}
		words := strings.Split(parts[n], " or ")
		for i, word := range words {
			words[i] = cmp.Or(r.codes[word], word)
		}
		return strings.Join(words, "或")
	})
}

// Refusal gives a sentence of a refusal, which the rooms word in English, in a language. One that is not known stays as it is; a test
// over the code of the rooms keeps them known.
func (p *Pages) Refusal(lang, english string) string {
	if lang == English || english == "" {
		return english
	}
	chinese, ok := p.refusals.say(english)
	if !ok {
		p.opt.Log.Warn("a refusal has no Chinese", "length", len(english))
	}
	return chinese
}

// Refusals is Refusal for the sentences of one refusal, joined as the language joins them.
func (p *Pages) Refusals(lang string, english ...string) string {
	var said []string
	for _, one := range english {
		if one = p.Refusal(lang, one); one != "" {
			said = append(said, one)
		}
	}
	if lang == English {
		return strings.Join(said, " ")
	}
	return strings.Join(said, "")
}

// Note gives what stands in a note, a reason or the audit log, in a language: what the hotline itself wrote there is said in it, what
// people wrote stays theirs.
func (p *Pages) Note(lang, text string) string { return p.notes.in(lang, text) }

// Report gives what the hotline reports and nobody wrote: a notice to service managers, what does not hold in a chain, what cannot be
// imported.
func (p *Pages) Report(lang, text string) string { return p.reports.in(lang, text) }

func (r *sentences) in(lang, english string) string {
	if lang == English {
		return english
	}
	chinese, _ := r.say(english)
	return chinese
}
