package document

import (
	"strconv"
	"time"
)

// RemoteReport is the 远程维护调试报告 of a remote session (domain description, section 2): what was done, that the ports are closed again,
// and how to prevent the problem; the customer confirms it.
type RemoteReport struct {
	Job
	Tool       string // remote tool or way of access
	Scope      string // what was to be maintained, as agreed
	Problem    string
	Backup     string // size, hash, place and restore test; or the customer's waiver
	Work       string
	Result     string
	Prevention string
	Ports      []Port
	Login      string // that the login information was destroyed: who read it, how often, when it was closed. Never the information itself
	Steps      []Step
	Files      []File
	Confirmed  string // who confirmed, when, by which channel. Empty: not yet
	Signatures []Signature
}

// Port is one agreed address and what its probes found.
type Port struct {
	Address       string
	Before, After string // "开放", "关闭", "无法从本处检查"
	BeforeAt      time.Time
	AfterAt       time.Time
}

// File is a file handed over or kept as evidence.
type File struct {
	Name   string
	Bytes  int64
	SHA256 string
	Remark string
}

// Report lays the remote report out.
func (m RemoteReport) Report(o Options) Report {
	r := Report{Title: o.say("远程维护调试报告", "Remote maintenance report"), Number: m.Number, Issued: m.Issued}
	r.Facts = append(m.facts(o), Fact{Label: o.say("远程工具", "Tool"), Value: m.Tool}, Fact{Label: o.say("维护内容", "Scope"), Value: m.Scope})
	add := func(b ...Block) { r.Blocks = append(r.Blocks, b...) }
	add(told(o, o.say("问题现象", "Problem"), m.Problem)...)
	add(told(o, o.say("数据备份", "Backup"), m.Backup)...)
	add(told(o, o.say("工作内容", "Work done"), m.Work)...)
	add(told(o, o.say("调试结果", "Result"), m.Result)...)
	add(told(o, o.say("预防措施", "Prevention"), m.Prevention)...)
	add(Section{o.say("端口与登录信息", "Ports and login information")})
	ports := Table{
		Head:   []string{o.say("地址与端口", "Address and port"), o.say("开始时", "At the start"), o.say("结束后", "After the end")},
		Shares: []float64{3, 3, 3}, Empty: o.say("本次未约定网络端口", "No port was agreed for this session"),
	}
	for _, p := range m.Ports {
		ports.Rows = append(ports.Rows, []string{p.Address, beside(p.Before, o.minute(p.BeforeAt)), beside(p.After, o.minute(p.AfterAt))})
	}
	add(ports)
	if m.Login != "" {
		add(Note{o.say("登录信息", "Login"), m.Login})
	}
	add(files(o, m.Files)...)
	add(steps(o, m.Steps)...)
	add(Section{o.say("客户确认", "Customer's confirmation")})
	if m.Confirmed != "" {
		add(Note{o.say("确认", "Confirmed"), m.Confirmed})
	}
	add(Signatures{orBlank(m.Signatures, o)})
	return r
}

func files(o Options, list []File) []Block {
	if len(list) == 0 {
		return nil
	}
	t := Table{Head: []string{o.say("文件", "File"), o.say("大小（字节）", "Bytes"), "SHA-256", o.say("说明", "Remark")}, Shares: []float64{3, 1.6, 4.4, 2.2}, Aligns: []Align{Start, End}}
	for _, f := range list {
		t.Rows = append(t.Rows, []string{f.Name, strconv.FormatInt(f.Bytes, 10), f.SHA256, f.Remark})
	}
	return []Block{Section{o.say("文件", "Files")}, t}
}

func beside(what, when string) string {
	if what == "" || when == "" {
		return what + when
	}
	return what + " " + when
}

func itoa(n int) string { return strconv.Itoa(n) }
