package document

// WorkOrder is the 《客服维护工作单》 of an onsite visit (domain description, section 3, step 10): the customer signs it and keeps a copy.
type WorkOrder struct {
	Job
	Copy       string // whose copy: "客户联". Empty: not said
	Identity   string // how the engineer's identity was checked, by whom
	Problem    string // as the customer described it on the spot
	Backup     string // what was backed up, when, where to, its hash; or the customer's waiver
	Diagnosis  string
	Plan       string // the solution proposed
	Consent    string // who agreed to the plan, when, by which channel
	Work       string // what was done
	Parts      []Part
	Checks     []Check // the whole application system, after the fix
	Result     string  // solved, or what remains
	Prevention string
	NextVisit  string // when the visit did not finish the work. Empty: none
	Steps      []Step
	Photos     []Photo
	Opinion    string // the customer's, in their words
	Signed     string // what the customer read and signed, word for word; its SHA-256 stands at the signature. Empty: this sheet itself was signed
	Signatures []Signature
}

// Part is something replaced or installed.
type Part struct{ Name, Serial, Count, Remark string }

// Report lays the work order out.
func (m WorkOrder) Report(o Options) Report {
	r := Report{Title: o.say("客服维护工作单", "Maintenance work order"), Subtitle: m.Copy, Number: m.Number, Issued: m.Issued}
	r.Facts = append(m.facts(o), Fact{Label: o.say("身份核验", "Identity"), Value: m.Identity, Wide: true})
	add := func(b ...Block) { r.Blocks = append(r.Blocks, b...) }
	add(told(o, o.say("问题现象", "Problem"), m.Problem)...)
	add(told(o, o.say("数据备份", "Backup"), m.Backup)...)
	add(told(o, o.say("诊断分析", "Diagnosis"), m.Diagnosis)...)
	add(told(o, o.say("解决方案", "Solution proposed"), m.Plan)...)
	if m.Consent != "" {
		add(Note{o.say("客户同意", "Consent"), m.Consent})
	}
	add(told(o, o.say("处理过程", "Work done"), m.Work)...)
	if len(m.Parts) > 0 {
		t := Table{Head: []string{o.say("更换或安装", "Part"), o.say("序列号", "Serial no."), o.say("数量", "Count"), o.say("备注", "Remark")}, Shares: []float64{4, 3, 1.2, 3}, Aligns: []Align{Start, Start, End}}
		for _, p := range m.Parts {
			t.Rows = append(t.Rows, []string{p.Name, p.Serial, p.Count, p.Remark})
		}
		add(t)
	}
	if len(m.Checks) > 0 {
		add(Section{o.say("系统全面检查", "Whole-system check")}, Checks{m.Checks})
	}
	add(told(o, o.say("处理结果", "Result"), m.Result)...)
	if m.NextVisit != "" {
		add(Note{o.say("下次上门", "Next visit"), m.NextVisit})
	}
	add(told(o, o.say("预防措施", "Prevention"), m.Prevention)...)
	add(steps(o, m.Steps)...)
	if len(m.Photos) > 0 {
		add(Section{o.say("现场照片", "Photos")}, Photos{m.Photos})
	}
	add(Section{o.say("客户意见与签字", "Customer's remarks and signatures")})
	add(Facts{[]Fact{{Label: o.say("客户意见", "Remarks"), Value: m.Opinion, Wide: true}}})
	add(Signatures{orBlank(m.Signatures, o)})
	if m.Signed != "" {
		add(Section{o.say("附：客户签字时所见内容（原文）", "Annex: what the customer read and signed, word for word")}, Paragraph{m.Signed})
	}
	return r
}

// orBlank gives the two lines to sign on paper when nobody signed yet.
func orBlank(signatures []Signature, o Options) []Signature {
	if len(signatures) > 0 {
		return signatures
	}
	return []Signature{{Role: o.say("客户签字", "Customer")}, {Role: o.say("服务工程师签字", "Engineer")}}
}
