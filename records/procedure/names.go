package procedure

import "strings"

// Name is what people call a state.
func (s State) Name() Text {
	switch s {
	case Open:
		return Text{"待派工", "open"}
	case Assigned:
		return Text{"已派工", "assigned"}
	case Running:
		return Text{"进行中", "under way"}
	case Paused:
		return Text{"暂停", "paused"}
	case Done:
		return Text{"已完成", "done"}
	case Continued:
		return Text{"转下次服务", "continued"}
	case Cancelled:
		return Text{"已取消", "cancelled"}
	}
	return Text{string(s), string(s)}
}

// PartNames names parts for people.
func PartNames(parts []string) Text {
	var zh, en []string
	for _, p := range parts {
		t := partName(p)
		zh, en = append(zh, t.ZH), append(en, t.EN)
	}
	return Text{strings.Join(zh, "或"), strings.Join(en, " or ")}
}

func partName(p string) Text {
	switch p {
	case Engineer:
		return Text{"服务工程师", "engineer"}
	case Manager:
		return Text{"客户服务经理", "service manager"}
	case Dispatcher:
		return Text{"调度员", "dispatcher"}
	case Agent:
		return Text{"热线坐席", "agent"}
	case Customer:
		return Text{"客户", "customer"}
	case System:
		return Text{"系统", "system"}
	}
	return Text{p, p}
}
