package embedded_test

import (
	"strings"
	"testing"

	"hotline/pbx/embedded"
)

// torture is one message in the sense of a test of RFC 4475, written anew for this switch. VIA, BRANCH and THISCALL are replaced
// so that an answer comes back and no two messages are the same.
type torture struct {
	section, name string
	want          string // status of the answer; "" when there must be none
	lines         []string
}

// plain are the headers that are not what a message is about.
const plain = "Via: SIP/2.0/UDP VIA;rport;branch=BRANCH|Max-Forwards: 70|From: <sip:j@example.com>;tag=1|To: <sip:4001@example.com>|Call-ID: THISCALL"

func tortures() []torture {
	lines := func(text string) []string { return strings.Split(text, "|") }
	long := strings.Repeat("long", 60)
	return []torture{
		// 3.1.1 valid messages
		{"3.1.1.1", "folded lines, odd spaces, odd case", "404", lines("INVITE sip:vivekg@chair.example.com;unknownparam SIP/2.0|TO :| sip:vivekg@chair.example.com ;   tag    = 1918181833n|from   : \"J Rosenberg \\\\\\\"\"       <sip:j@example.com>|  ;|  tag = 98asjd8|MaX-fOrWaRdS: 0068|Call-ID: THISCALL|Content-Length   : 0|cseq: 0009|  INVITE|Via  : SIP  /   2.0|   /UDP|    VIA;rport;branch=BRANCH|s :|NewFangledHeader:   newfangled value|m:\"Quoted string \\\"\\\"\" <sip:j@example.com> ; newparam =|      newvalue")},
		{"3.1.1.2", "wide range of valid characters", "405", lines("!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0|" + plain + "|CSeq: 1 !interesting-Method0123456789_*+`.%indeed'~|extensionHeader-!.%*+_`'~:大停電|Content-Length: 0")},
		{"3.1.1.3", "escaped characters in the number", "404", lines("INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0|" + plain + "|CSeq: 1 INVITE|Contact: <sip:cal%6Cer@192.0.2.2:5060;%6C%72;n%61me=v%61lue%25%34%31>|Content-Length: 0")},
		{"3.1.1.4", "escaped nulls in an address", "401", lines("REGISTER sip:example.com SIP/2.0|Via: SIP/2.0/UDP VIA;rport;branch=BRANCH|Max-Forwards: 70|To: <sip:null-%00-null@example.com>|From: <sip:null-%00-null@example.com>;tag=1|Call-ID: THISCALL|CSeq: 1 REGISTER|Contact: <sip:%00@host5.example.com>|Content-Length: 0")},
		{"3.1.1.5", "a method that looks escaped", "405", lines("RE%47IST%45R sip:registrar.example.com SIP/2.0|" + plain + "|CSeq: 1 RE%47IST%45R|Contact: <sip:a@192.0.2.1>|Content-Length: 0")},
		{"3.1.1.6", "no space before <", "200", lines("OPTIONS sip:4001@example.com SIP/2.0|Via: SIP/2.0/UDP VIA;rport;branch=BRANCH|Max-Forwards: 70|From: caller<sip:c@example.com>;tag=323|To: sip:u@example.com|Call-ID: THISCALL|CSeq: 60 OPTIONS|Content-Length: 0")},
		{"3.1.1.7", "long values", "404", lines("INVITE sip:user@example.com SIP/2.0|Via: SIP/2.0/UDP VIA;rport;branch=BRANCH|Max-Forwards: 70|To: \"" + long + "\"<sip:u@x;" + long + "=" + long + ">|From: sip:" + long + "@x;tag=" + long + "|Call-ID: THISCALL" + long + "|CSeq: 1 INVITE|Contact: <sip:" + long + "@x>|Unknown-" + long + ": " + long + "|Content-Length: 0")},
		{"3.1.1.8", "octets after the message", "401", lines("REGISTER sip:example.com SIP/2.0|" + plain + "|CSeq: 8 REGISTER|Contact: sip:j@192.0.2.125|Content-Length: 0||INVITE sip:4001@example.com SIP/2.0|" + plain + "|CSeq: 1 INVITE|Content-Length: 0")},
		{"3.1.1.9", "semicolon in the user part", "200", lines("OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0|" + plain + "|CSeq: 1 OPTIONS|Content-Length: 0")},
		{"3.1.1.10", "varied transports", "200", lines("OPTIONS sip:4001@example.com SIP/2.0|Via: SIP/2.0/UDP VIA;rport;branch=BRANCH|Via: SIP/2.0/SCTP t1.example.com;branch=z9hG4bKa|Via: SIP/2.0/TLS t2.example.com;branch=z9hG4bKb|Via: SIP/2.0/UNKNOWN t3.example.com;branch=z9hG4bKc|Max-Forwards: 70|From: <sip:j@x>;tag=1|To: <sip:u@x>|Call-ID: THISCALL|CSeq: 60 OPTIONS|Content-Length: 0")},
		{"3.1.1.11", "several parts", "405", lines("MESSAGE sip:4001@example.com SIP/2.0|" + plain + "|CSeq: 1 MESSAGE|Content-Type: multipart/mixed;boundary=7a9|Content-Length: 39||--7a9|Content-Type: text/plain||Hello|--7a9--")},
		{"3.1.1.12", "unusual reason phrase", "", lines("SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять - простое|" + plain + "|CSeq: 35 INVITE|Content-Length: 0")},
		{"3.1.1.13", "empty reason phrase", "", lines("SIP/2.0 100 |" + plain + "|CSeq: 35 INVITE|Content-Length: 0")},
		// 3.1.2 invalid messages
		{"3.1.2.1", "extra separators", "400", lines("INVITE sip:4001@example.com SIP/2.0|Via: SIP/2.0/UDP VIA;rport;branch=BRANCH;;,;,,|Max-Forwards: 70|From: <sip:j@x>;;tag=1|To: sip:u@x;tag=2;;|Call-ID: THISCALL|CSeq: 1 INVITE|Contact: \"Joe\" <sip:joe@x>;;;;|Content-Length: 0")},
		{"3.1.2.2", "content longer than the message", "400", lines("INVITE sip:4001@example.com SIP/2.0|" + plain + "|CSeq: 1 INVITE|Content-Type: application/sdp|Content-Length: 9999||v=0")},
		{"3.1.2.3", "negative length", "400", lines("INVITE sip:4001@example.com SIP/2.0|" + plain + "|CSeq: 1 INVITE|Content-Type: application/sdp|Content-Length: -999||v=0")},
		{"3.1.2.4", "overlarge numbers", "400", lines("REGISTER sip:example.com SIP/2.0|" + plain + "|CSeq: 36893488147419103232 REGISTER|Max-Forwards: 300|Expires: 10000000000000000000000000000|Contact: <sip:u@x>;expires=280297596632815|Content-Length: 0")},
		{"3.1.2.5", "overlarge numbers in an answer", "", lines("SIP/2.0 503 Service Unavailable|Via: SIP/2.0/UDP VIA;rport;branch=BRANCH|From: <sip:j@x>;tag=1|To: <sip:u@x>;tag=2|Call-ID: THISCALL|CSeq: 9292394834772304023312 OPTIONS|Retry-After: 949302838503028349304023988|Warning: 1812 overture \"In Progress\"|Content-Length: 0")},
		{"3.1.2.6", "open quote in a name", "400", lines("INVITE sip:4001@example.com SIP/2.0|Via: SIP/2.0/UDP VIA;rport;branch=BRANCH|Max-Forwards: 70|From: <sip:j@x>;tag=1|To: \"Mr. J. User <sip:j.user@example.com>|Call-ID: THISCALL|CSeq: 1 INVITE|Content-Length: 0")},
		{"3.1.2.7", "<> around the target", "400", lines("INVITE <sip:4001@example.com> SIP/2.0|" + plain + "|CSeq: 1 INVITE|Content-Length: 0")},
		{"3.1.2.8", "space in the target", "400", lines("INVITE sip:4001@example.com; lr SIP/2.0|" + plain + "|CSeq: 1 INVITE|Content-Length: 0")},
		{"3.1.2.9", "several spaces in the request line", "400", lines("INVITE  sip:4001@example.com  SIP/2.0|" + plain + "|CSeq: 1 INVITE|Content-Length: 0")},
		{"3.1.2.10", "space after the request line", "400", lines("OPTIONS sip:4001@example.com SIP/2.0  |" + plain + "|CSeq: 1 OPTIONS|Content-Length: 0")},
		{"3.1.2.11", "headers in the target", "404", lines("INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0|" + plain + "|CSeq: 1 INVITE|Content-Length: 0")},
		{"3.1.2.12", "date that is not GMT", "404", lines("INVITE sip:user@example.com SIP/2.0|" + plain + "|CSeq: 1 INVITE|Date: Fri, 01 Jan 2010 16:00:00 EST|Content-Length: 0")},
		{"3.1.2.13", "contact with headers and no <>", "401", lines("REGISTER sip:example.com SIP/2.0|" + plain + "|CSeq: 1 REGISTER|Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E|Content-Length: 0")},
		{"3.1.2.14", "spaces within an address", "400", lines("OPTIONS sip:4001@example.org SIP/2.0|Via: SIP/2.0/UDP VIA;rport;branch=BRANCH|Max-Forwards: 70|From: \"Bell, A\" <sip:a.g.bell@example.com>;tag=4|To: \"Watson, T\" < sip:t.watson@example.org >|Call-ID: THISCALL|CSeq: 31 OPTIONS|Content-Length: 0")},
		{"3.1.2.15", "name with unquoted comma", "200", lines("OPTIONS sip:4001@example.org SIP/2.0|Via: SIP/2.0/UDP VIA;rport;branch=BRANCH|Max-Forwards: 70|From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43|To: Watson, Thomas <sip:t.watson@example.org>|Call-ID: THISCALL|CSeq: 31 OPTIONS|Content-Length: 0")},
		{"3.1.2.16", "unknown version", "505", lines("OPTIONS sip:4001@example.org SIP/7.0|Via: SIP/7.0/UDP VIA;rport;branch=BRANCH|Max-Forwards: 70|From: A <sip:a@x>;tag=1|To: T <sip:t@x>|Call-ID: THISCALL|CSeq: 31 OPTIONS|Content-Length: 0")},
		{"3.1.2.17", "method against CSeq", "400", lines("OPTIONS sip:4001@example.org SIP/2.0|" + plain + "|CSeq: 8 INVITE|Content-Length: 0")},
		{"3.1.2.18", "unknown method against CSeq", "400", lines("NEWMETHOD sip:4001@example.com SIP/2.0|" + plain + "|CSeq: 8 INVITE|Content-Length: 0")},
		{"3.1.2.19", "overlarge code", "", lines("SIP/2.0 4294967301 better not break the receiver|" + plain + "|CSeq: 353494 INVITE|Content-Length: 0")},
		// 3.2 transaction layer
		{"3.2.1", "empty branch", "200", lines("OPTIONS sip:4001@example.com SIP/2.0|Via: SIP/2.0/UDP VIA;rport;branch=z9hG4bK|Max-Forwards: 70|From: sip:c@x;tag=33|To: sip:u@x|Call-ID: THISCALL|CSeq: 8 OPTIONS|Content-Length: 0")},
		// 3.3 application layer
		{"3.3.1", "what is needed is missing", "", lines("INVITE sip:4001@example.com SIP/2.0|CSeq: 193942 INVITE|Via: SIP/2.0/UDP VIA;rport;branch=BRANCH|Content-Length: 0")},
		{"3.3.2", "unknown scheme", "416", lines("OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0|" + plain + "|CSeq: 3 OPTIONS|Content-Length: 0")},
		{"3.3.3", "known scheme that is none of ours and no URI to the parser", "400", lines("OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0|" + plain + "|CSeq: 3 OPTIONS|Content-Length: 0")},
		{"3.3.4", "unknown schemes in headers", "401", lines("REGISTER sip:example.com SIP/2.0|Via: SIP/2.0/UDP VIA;rport;branch=BRANCH|Max-Forwards: 70|To: isbn:2983792873|From: <http://www.example.com>;tag=3|Call-ID: THISCALL|CSeq: 23 REGISTER|Contact: <name:John_Smith>|Content-Length: 0")},
		{"3.3.5", "extensions nobody has", "420", lines("OPTIONS sip:4001@example.com SIP/2.0|" + plain + "|CSeq: 8 OPTIONS|Require: nothingSupportsThis, nothingSupportsThisEither|Proxy-Require: noProxiesSupportThis|Content-Length: 0")},
		{"3.3.6", "unknown content", "415", lines("INVITE sip:4001@example.com SIP/2.0|" + plain + "|CSeq: 8 INVITE|Contact: <sip:c@x>|Content-Type: application/unknownformat|Content-Length: 7||<audio>")},
		{"3.3.7", "unknown authorization", "401", lines("REGISTER sip:example.com SIP/2.0|" + plain + "|CSeq: 9338 REGISTER|Authorization: NoOneKnowsThisScheme opaque-data=here|Content-Length: 0")},
		{"3.3.8", "single headers twice", "400", lines("INVITE sip:4001@example.com SIP/2.0|" + plain + "|CSeq: 5 INVITE|CSeq: 59 INVITE|Call-ID: other|From: <sip:k@x>;tag=3|Max-Forwards: 5|Content-Length: 0")},
		{"3.3.9", "two lengths", "400", lines("OPTIONS sip:4001@example.com SIP/2.0|" + plain + "|CSeq: 5 OPTIONS|Content-Length: 0|Content-Length: 3||abc")},
		{"3.3.10", "answer that nobody asked for", "", lines("SIP/2.0 200 OK|Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1|Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bKs|From: <sip:j@x>;tag=1|To: <sip:u@x>;tag=2|Call-ID: THISCALL|CSeq: 154 INVITE|Contact: <sip:u@x>|Content-Length: 0")},
		{"3.3.11", "no more hops", "200", lines("OPTIONS sip:4001@example.com SIP/2.0|Via: SIP/2.0/UDP VIA;rport;branch=BRANCH|Max-Forwards: 0|From: sip:c@x;tag=3|To: sip:u@x|Call-ID: THISCALL|CSeq: 6 OPTIONS|Content-Length: 0")},
		{"3.3.12", "unknown parameter of a contact", "401", lines("REGISTER sip:example.com SIP/2.0|" + plain + "|CSeq: 2 REGISTER|Contact: sip:+19725552222@gw1.example.net;unknownparam|Content-Length: 0")},
		{"3.3.13", "unknown parameter of a contact's address", "401", lines("REGISTER sip:example.com SIP/2.0|" + plain + "|CSeq: 2 REGISTER|Contact: <sip:+19725552222@gw1.example.net;unknownparam>|Content-Length: 0")},
		{"3.3.14", "route hidden in a contact", "401", lines("REGISTER sip:example.com SIP/2.0|" + plain + "|CSeq: 2 REGISTER|Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>|Content-Length: 0")},
		{"3.3.15", "Accept that we do not speak", "404", lines("INVITE sip:user@example.com SIP/2.0|" + plain + "|CSeq: 3 INVITE|Contact: <sip:c@x>|Accept: text/nobodyKnowsThis|Content-Length: 0")},
		// 3.4 backward compatibility
		{"3.4.1", "INVITE of RFC 2543", "404", lines("INVITE sip:UserB@example.com SIP/2.0|Via: SIP/2.0/UDP VIA;rport|From: <sip:a@x>|To: sip:u@x|Call-ID: THISCALL|CSeq: 1 INVITE|Content-Length: 0")},
	}
}

// TestTorture sends every message. None may do harm: each is answered as it deserves or not at all, and the switch goes on.
func TestTorture(t *testing.T) {
	sw, _ := running(t, embedded.Options{OddPerSecond: 10_000})
	s := newStranger(t, sw, "127.0.0.9")
	for n, test := range tortures() {
		t.Run(test.section+" "+test.name, func(t *testing.T) {
			s.t = t
			id := test.section + "." + string(rune('a'+n%26))
			text := strings.Join(test.lines, "\r\n")
			if !strings.Contains(text, "\r\n\r\n") {
				text += "\r\n\r\n"
			}
			text = strings.NewReplacer("VIA", s.conn.LocalAddr().String(), "BRANCH", "z9hG4bK"+id, "THISCALL", id).Replace(text)
			if test.want == "" {
				s.ignored(text)
				return
			}
			if got := s.answer(text); !strings.HasPrefix(got, "SIP/2.0 "+test.want+" ") {
				t.Errorf("got %q, want %s", firstLine(got), test.want)
			}
		})
	}
}
