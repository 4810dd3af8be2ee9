package procedure

import "strings"

// Lack is one thing that keeps an input from happening, in both languages.
type Lack struct {
	Code string `json:"code"` // e.g. "evidence_missing", "predecessor", "reason_missing"
	Step string `json:"step,omitempty"`
	Need string `json:"need,omitempty"`
	What Text   `json:"what"`
}

// lacks collects what is missing at one place.
type lacks struct {
	step, need string
	list       []Lack
}

func (l *lacks) add(code, zh, en string) {
	l.list = append(l.list, Lack{Code: code, Step: l.step, Need: l.need, What: Text{ZH: zh, EN: en}})
}

// text adds a lack when a required text is empty.
func (l *lacks) text(value, field, zh, en string) {
	if strings.TrimSpace(value) == "" {
		l.add(field+"_missing", "缺少"+zh, en+" is missing")
	}
}

// Name is what people call a kind of evidence.
func (k EvidenceKind) Name() Text {
	switch k {
	case Confirmation:
		return Text{"客户确认", "customer's confirmation"}
	case File:
		return Text{"文件", "file"}
	case Photo:
		return Text{"照片", "photo"}
	case Fact:
		return Text{"填写的内容", "facts"}
	case Written:
		return Text{"文字说明", "written statement"}
	case Waiver:
		return Text{"放弃声明", "waiver"}
	case Document:
		return Text{"文档", "document"}
	case Override:
		return Text{"经理放行", "manager's override"}
	case Event:
		return Text{"记录", "event"}
	}
	return Text{string(k), string(k)}
}

// ViaNames names channels for people.
func ViaNames(via []string) Text {
	var zh, en []string
	for _, v := range via {
		t := viaName(v)
		zh, en = append(zh, t.ZH), append(en, t.EN)
	}
	return Text{strings.Join(zh, "、"), strings.Join(en, ", ")}
}

func viaName(v string) Text {
	switch v {
	case ViaLink:
		return Text{"客户链接", "customer link"}
	case ViaKey:
		return Text{"电话按键", "phone key"}
	case ViaSignature:
		return Text{"签名", "signature"}
	case ViaHotline:
		return Text{"致电热线核对", "call to the hotline"}
	case ViaDesk:
		return Text{"工作人员录入", "entered by staff"}
	case ViaSystem:
		return Text{"系统", "system"}
	}
	return Text{v, v}
}
