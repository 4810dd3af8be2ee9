package document_test

import (
	"fmt"
	"testing"
	"time"

	"hotline/records/document"
)

// samples are one full document of every kind.
func samples(tb testing.TB, o document.Options) map[string]document.Report {
	return map[string]document.Report{
		"workorder": workOrder(tb).Report(o), "remote": remote(tb).Report(o), "survey": survey(true).Report(o), "survey-blank": survey(false).Report(o),
		"training": training().Report(o), "minutes": minutes().Report(o), "day": daySheet().Report(o), "digest": digest().Report(o), "casefile": caseFile().Report(o),
	}
}

func remote(tb testing.TB) document.RemoteReport {
	j := job()
	j.Number = "RM-20261120-0011"
	return document.RemoteReport{
		Job: j, Tool: "方略远程 5.2（客户端由客户启动）", Scope: "打印服务与报表参数，不接触业务数据",
		Problem: "出库单打印到一半停止，重启打印服务后约 20 分钟再现。", Backup: "配置文件 3 份，共 48,213 字节；SHA-256 见文件表；试恢复成功。",
		Work: "清理打印池中的 317 个残留作业；更新驱动到 6.4.1；把打印池移到 D 盘。", Result: "连续打印 60 份正常。", Prevention: "每周一查看打印池；驱动更新前先联系热线。",
		Ports:     []document.Port{{Address: "erp.example.com:3389", Before: "开放", BeforeAt: at(10, 2), After: "关闭", AfterAt: at(11, 31)}, {Address: "erp.example.com:1433", Before: "关闭", BeforeAt: at(10, 2), After: "关闭", AfterAt: at(11, 31)}},
		Login:     "登录信息由李强读取 2 次（10:03、10:41），2026-11-20 11:30 会话结束时销毁，任何人不能再读取。",
		Files:     []document.File{{Name: "printer-config.zip", Bytes: 48213, SHA256: "8c1f0e6d9c2b7a5544f3e2d1c0b9a8f7e6d5c4b3a29180706f5e4d3c2b1a0987", Remark: "备份"}},
		Steps:     []document.Step{{Name: "开放端口", Who: "王芳", At: at(10, 1), Evidence: "端口检查"}, {Name: "备份数据", Who: "李强", At: at(10, 20), Evidence: "文件"}},
		Confirmed: "王芳于 2026-11-20 11:45 通过链接确认", Signatures: []document.Signature{{Role: "客户签字", Name: "王芳", Image: hand(tb), At: at(11, 45)}},
	}
}

func survey(answered bool) document.SurveySheet {
	five := []string{"非常满意", "满意", "一般", "不满意", "很不满意"}
	m := document.SurveySheet{
		Number: "SV-20261122-0003", Case: "C-20261119-0042", Customer: "华东第一精密机械制造有限公司", Contact: "王芳", Phone: "138 0013 8000", Engineer: "李强", Centre: "华东服务中心",
		Product: "方略 ERP 8.3", Subject: "月结后库存对不上", Solved: at(15, 40), Issued: at(16, 0),
		Questions: []document.Question{
			{Text: "解决问题的速度", Answers: five, Chosen: 1},
			{Text: "解决问题的质量", Answers: five, Chosen: 0},
			{Text: "工程师的服务态度与专业能力", Answers: five, Chosen: 0, Words: "讲解耐心"},
			{Text: "您对我们的服务还有哪些意见或建议？", Words: "希望提前一天通知到场时间。"},
		},
	}
	if answered {
		m.Answered, m.By, m.Channel, m.Keyed, m.Version, m.Reason = at(17, 5), "王芳", "电话回访（有录音）", "陈静", 2, "录入时把“满意”误记为“一般”，经录音核对更正"
	}
	return m
}

func training() document.TrainingReport {
	m := document.TrainingReport{
		Number: "TR-2026-011", Class: "月结与成本核算实务（第 11 期公开课）", Audience: "使用 ERP 8.x 的财务与仓库主管", Place: "苏州，华东服务中心 2 楼培训室", From: at(9, 0), To: at(17, 0),
		Registered: 32, Confirmed: 28, Attended: 26, Examined: 26, Passed: 23, PassMark: "每个目标正确率不低于 60 %，总分不低于 70 分",
		Goals:     []document.Goal{{Text: "能独立完成月结，并查明差额的来源", Percent: 88.4, Reached: true}, {Text: "能按成本对象核对分摊结果", Percent: 71.2, Reached: true}, {Text: "能用信息化前沿方法（数据接口、电子发票）简化对账", Percent: 54.9}},
		Sessions:  []document.Session{{From: at(9, 0), To: at(11, 30), Topic: "月结的次序与常见差额", Lecturer: "陈静"}, {From: at(13, 30), To: at(16, 0), Topic: "成本分摊与电子发票", Lecturer: "周明远"}},
		Lecturers: []document.Lecturer{{Name: "陈静", From: "客户服务部"}, {Name: "周明远", From: "苏州大学商学院", Outside: true}},
		Scores:    document.Bars{Title: "成绩分布（人）", Labels: []string{"90–100", "80–89", "70–79", "60–69", "60 以下"}, Series: []document.Series{{Values: []float64{5, 11, 7, 2, 1}}}},
		Survey:    []document.Rating{{Text: "内容对工作有用", Mean: 4.6, Of: 5, Answers: 25}, {Text: "讲师讲解清楚", Mean: 4.7, Of: 5, Answers: 25}, {Text: "时间与场地安排合适", Mean: 3.9, Of: 5, Answers: 24}},
		Summary:   "学员能独立完成月结；第三个目标未达成，主要是练习时间不足。", Improve: "下期把电子发票单列半天，并提前发放练习账套。", Issued: at(18, 0),
	}
	for i := range 26 {
		m.Participants = append(m.Participants, document.Participant{Name: fmt.Sprintf("学员%02d", i+1), Customer: "华东第一精密机械制造有限公司", Attended: true, Mark: fmt.Sprint(62 + i), Passed: i > 2})
	}
	return m
}

func minutes() document.Minutes {
	return document.Minutes{
		Number: "JC-20261120-0002", Order: "WO-20261120-0007", Case: "C-20261119-0042", Customer: "华东第一精密机械制造有限公司", Subject: "跨月退货重复扣减", From: at(13, 0), To: at(13, 40), Chair: "陈静",
		Situation: "月结后仓库 3 差额 1,204.50 千克，补丁在测试账套上仍有 3 笔不平。",
		Opinions:  []document.Opinion{{Who: "李强", Role: "工程师", Text: "三笔都是手工改过来源单的退货，建议单独处理。", At: at(13, 8)}, {Who: "赵磊", Role: "研发", Text: "补丁不应改变手工单；下一版加提示。", At: at(13, 20)}},
		Decision:  "先装补丁，三笔手工单由李强当面核对后调整。", Tasks: []document.Task{{Text: "核对三笔手工退货单", Who: "李强", Due: at(15, 0)}, {Text: "下一版加入提示", Who: "赵磊", Due: at(18, 0).AddDate(0, 0, 20)}}, Issued: at(13, 45),
	}
}

func daySheet() document.DaySheet {
	m := document.DaySheet{Engineer: "李强", Centre: "华东服务中心", Day: at(0, 0), Issued: at(7, 30)}
	for i := range 4 {
		m.Visits = append(m.Visits, document.Visit{
			Order: fmt.Sprintf("WO-20261120-%04d", i+7), Kind: "现场服务", PlannedFrom: at(9+2*i, 0), PlannedTo: at(10+2*i, 30), PromisedFrom: at(9+2*i, 0), PromisedTo: at(11+2*i, 0),
			Customer: "华东第一精密机械制造有限公司", Contact: "王芳", Phone: "138 0013 8000", Address: "江苏省苏州市工业园区星湖街 328 号", Product: "方略 ERP 8.3", Subject: "月结后库存对不上", Bring: "补丁 8.3.0.2217，工作证，备份硬盘",
		})
	}
	return m
}

func digest() document.Digest {
	m := document.Digest{
		Number: "DG-ERP83-202611", Product: "方略 ERP 8.3", From: at(0, 0).AddDate(0, 0, -30), To: at(0, 0), Cases: 143,
		Kinds:    []document.Kind{{"月结与成本", 46, 31}, {"打印与报表", 38, 44}, {"接口（税控、MES、电子发票）", 27, 12}, {"权限与登录", 19, 20}, {"其他", 13, 15}},
		Examples: []document.Example{{Case: "C-20261119-0042", Kind: "月结与成本", Text: "某机械厂月结后库存与明细账相差，原因是跨月退货重复扣减。"}}, Solved: []document.Solution{{"清理打印池的步骤", 21}, {"月结前检查表", 17}},
		Wishes: []string{"月结前自动检查未审核的退货单。", "打印预览支持 241 毫米连续纸。"}, Issued: at(18, 0),
	}
	var cases, solved document.Series
	cases.Name, solved.Name = "问题单", "电话中解决"
	for i := range 12 {
		m.Trend.Labels = append(m.Trend.Labels, fmt.Sprintf("%d 月", i+1))
		cases.Values = append(cases.Values, float64(90+i*5-i%3*9))
		solved.Values = append(solved.Values, float64(60+i*4-i%4*5))
	}
	m.Trend.Series = []document.Series{cases, solved}
	return m
}

func caseFile() document.CaseFile {
	m := document.CaseFile{
		Number: "C-20261119-0042", Customer: "华东第一精密机械制造有限公司", Contact: "王芳", Phone: "138 0013 8000", Product: "方略 ERP 8.3", Category: "月结与成本", Subject: "月结后库存对不上",
		Owner: "张晓雯", State: "已解决", Opened: at(8, 0).AddDate(0, 0, -1), Closed: at(16, 0), Description: "仓库 3 的库存数量与明细账不一致。", Resolution: "安装补丁，重新月结。",
		Rules:    []document.Rule{{"铃响三遍内接听", "已证明", "第 1 声，3.2 秒"}, {"备份用户数据", "已证明", "文件 SHA-256 8c1f…"}, {"48 小时内回访", "待办", ""}},
		Verified: "2026-11-20 18:00 校验 41 条记录，链完整。", Issued: at(18, 0),
	}
	for i := range 41 {
		m.Timeline = append(m.Timeline, document.Entry{At: at(8, 0).Add(time.Duration(i) * 17 * time.Minute), Who: "李强", What: fmt.Sprintf("第 %d 项：完成步骤并上传凭证", i+1), Hash: "8c1f0e6d9c2b7a55"})
	}
	return m
}
