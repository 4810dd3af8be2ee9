package document_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"testing"
	"time"

	"hotline/records/document"
)

func at(hour, minute int) time.Time {
	return time.Date(2026, 11, 20, hour, minute, 0, 0, time.FixedZone("CST", 8*3600))
}

func options() document.Options {
	return document.Options{
		Company: "南山方略信息技术有限公司", Hotline: "400-000-0000", Verify: "https://hotline.example.com/verify/WO-20261120-0007",
		Zone: time.FixedZone("CST", 8*3600),
	}
}

func job() document.Job {
	return document.Job{
		Number: "WO-20261120-0007", Case: "C-20261119-0042", Customer: "华东第一精密机械制造有限公司（苏州工业园区分厂）", Contact: "王芳",
		Phone: "138 0013 8000", Address: "江苏省苏州市工业园区星湖街 328 号创意产业园 8 幢 3 层", Centre: "华东服务中心", Agreement: "金牌 7×24，四小时到场",
		Product: "方略 ERP 8.3", Subject: "月结后库存对不上", Engineer: "李强（工号 0231）", Manager: "陈静",
		PromisedFrom: at(9, 0), PromisedTo: at(11, 0), Begun: at(9, 12), Ended: at(15, 40), Issued: at(15, 45),
	}
}

func hand(tb testing.TB) []byte {
	tb.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 600, 200))
	for i := range 5600 {
		t := float64(i) / 5600
		x, y := 40+520*t, 100+60*math.Sin(t*19)*math.Cos(t*5)
		for dx := range 5 {
			for dy := range 5 {
				img.Set(int(x)+dx, int(y)+dy, color.NRGBA{10, 20, 60, 255})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func scene(tb testing.TB, w, h int) []byte {
	tb.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), 120, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func workOrder(tb testing.TB) document.WorkOrder {
	return document.WorkOrder{
		Job: job(), Copy: "客户联", Identity: "上门码 4821，王芳于 09:14 在热线核对，照片与姓名相符",
		Problem:   "10 月月结之后，仓库 3 的库存数量与明细账相差 1,204.50 千克；重新月结两次，差额不变。报表“库存收发存汇总”打印时第 2 页为空白。",
		Backup:    "09:31 备份数据库 ERP83（12.4 GB）到客户文件服务器 \\\\FS01\\backup\\20261120；SHA-256 8c1f0e6d9c2b7a5544f3e2d1c0b9a8f7e6d5c4b3a29180706f5e4d3c2b1a0987；09:52 试恢复成功。",
		Diagnosis: "月结存储过程在跨月的退货单上重复扣减：退货单 TH-2026-10-3312 的审核日期（11 月 1 日 00:00:07）晚于月结点，但其来源单在 10 月。打印空白页是自定义纸张 241×140 毫米的下边距为负值所致。",
		Plan:      "1、安装补丁 8.3.0.2217，修正跨月退货的扣减口径；\n2、对 10 月重新月结，核对仓库 3 与明细账；\n3、把纸张下边距改为 5 毫米。预计停用库存模块 40 分钟。",
		Consent:   "王芳于 2026-11-20 10:20 在工程师的设备上同意方案，同意停用库存模块 40 分钟",
		Work:      "10:35 停用库存模块；10:41 安装补丁；10:58 重新月结，耗时 11 分钟；11:15 核对 3 个仓库 2,316 个物料，差额为 0；11:20 恢复库存模块；13:30 修改纸张并试打 3 份。",
		Parts:     []document.Part{{Name: "补丁 8.3.0.2217", Serial: "SHA-256 1f3a…09bd", Count: "1", Remark: "已登记版本"}},
		Checks: []document.Check{
			{Text: "应用服务：启动、登录、权限", Mark: document.Yes},
			{Text: "数据库：空间、日志、作业、完整性检查", Mark: document.Yes, Note: "日志盘剩余 18 %，建议本月清理"},
			{Text: "打印：月结报表、出入库单", Mark: document.Yes},
			{Text: "接口：MES、税控", Mark: document.No, Note: "税控接口证书 2026-12-05 到期，已告知客户"},
			{Text: "移动端", Mark: document.None, Note: "客户未启用"},
		},
		Result: "问题已解决，库存与明细账一致，系统运行正常。", Prevention: "1、月结前先审核完当月退货单；\n2、每月 25 日检查日志盘，剩余不足 20 % 时清理；\n3、12 月 5 日前更换税控接口证书。",
		Steps: []document.Step{
			{Name: "约定时间", Who: "陈静", At: at(8, 5), Evidence: "客户电话确认（录音）"},
			{Name: "到达并证明身份", Who: "李强", At: at(9, 12), Evidence: "上门码核对"},
			{Name: "数据备份", Who: "李强", At: at(9, 52), Evidence: "文件、SHA-256"},
			{Name: "诊断分析", Who: "李强", At: at(10, 15), Evidence: "文字"},
			{Name: "客户同意方案", Who: "王芳", At: at(10, 20), Evidence: "签字", Remark: "客户负责人不在场，由服务经理陈静批准先行处理，事后补签"},
		},
		Photos:  []document.Photo{{Image: scene(tb, 800, 600), Caption: "处理前：报表第 2 页空白（09:25，李强）"}, {Image: scene(tb, 600, 800), Caption: "处理后：三份试打正常（13:42，李强）"}},
		Opinion: "到场准时，解释清楚。",
		Signatures: []document.Signature{
			{Role: "客户签字", Name: "王芳", Image: hand(tb), At: at(15, 44), Via: "在工程师的设备上签署", Bound: "8c1f0e6d9c2b7a5544f3e2d1c0b9a8f7e6d5c4b3a29180706f5e4d3c2b1a0987"},
			{Role: "服务工程师签字", Name: "李强", Image: hand(tb), At: at(15, 45)},
		},
	}
}
