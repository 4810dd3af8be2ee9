package configs

// Digest is what customers reported about products, made again and again for service managers.
type Digest struct {
	Every string `yaml:"every"` // DigestDay, DigestWeek (from Monday), DigestMonth; "" makes none
	At    string `yaml:"at"`    // when, on the first day after the period, in the time zone above: HH:MM
}

// The periods of a digest.
const (
	DigestDay   = "day"
	DigestWeek  = "week"
	DigestMonth = "month"
)

// Product is what customers have problems with; its categories say with which part of it.
type Product struct {
	Code       string     `yaml:"code"` // stored in cases: keep it when you change the names
	Zh         string     `yaml:"zh"`
	En         string     `yaml:"en"`
	Categories []Category `yaml:"categories"`
}

// Category is a kind of problem with a product.
type Category struct {
	Code string `yaml:"code"`
	Zh   string `yaml:"zh"`
	En   string `yaml:"en"`
}

// CaseTemplate is what an agent asks for and fills in for a kind of problem.
type CaseTemplate struct {
	Name     string `yaml:"name"`
	Product  string `yaml:"product"`  // code; "" = any product
	Category string `yaml:"category"` // code; "" = any category
	Title    Text   `yaml:"title"`
	Text     Text   `yaml:"text"` // the facts to fill in, one a line
}

func defaultProducts() []Product {
	return []Product{
		{Code: "software", Zh: "应用软件", En: "Application software", Categories: []Category{
			{Code: "login", Zh: "登录与权限", En: "Login and rights"},
			{Code: "error", Zh: "报错", En: "Error message"},
			{Code: "data", Zh: "数据与报表", En: "Data and reports"},
			{Code: "printing", Zh: "打印", En: "Printing"},
			{Code: "howto", Zh: "使用咨询", En: "How to"},
		}},
		{Code: "system", Zh: "服务器与网络", En: "Servers and network", Categories: []Category{
			{Code: "down", Zh: "无法运行", En: "Does not run"},
			{Code: "slow", Zh: "缓慢", En: "Slow"},
			{Code: "backup", Zh: "备份", En: "Backup"},
		}},
		{Code: "service", Zh: "服务与合同", En: "Service and contract"},
	}
}

func defaultCaseTemplates() []CaseTemplate {
	return []CaseTemplate{
		{
			Name: "fault", Title: Text{Zh: "故障", En: "Fault"},
			Text: Text{
				Zh: "现象：\n报错内容：\n从何时开始：\n影响范围（几人、几台）：\n软件版本：\n最近的改动：\n已尝试：",
				En: "What happens:\nError text:\nSince when:\nWho is affected:\nVersions:\nLatest changes:\nTried so far:",
			},
		},
		{
			Name: "login", Product: "software", Category: "login", Title: Text{Zh: "登录问题", En: "Login"},
			Text: Text{
				Zh: "登录账号：\n提示内容：\n从何时开始：\n其他人是否正常：\n客户端版本：\n从哪里登录（内网、外网）：",
				En: "Account:\nMessage shown:\nSince when:\nDo others get in:\nClient version:\nFrom where (office, outside):",
			},
		},
		{
			Name: "printing", Product: "software", Category: "printing", Title: Text{Zh: "打印问题", En: "Printing"},
			Text: Text{
				Zh: "打印什么：\n打印机型号与接法：\n现象：\n其他程序能否打印：\n从何时开始：",
				En: "What is printed:\nPrinter and how it is connected:\nWhat happens:\nDo other programs print:\nSince when:",
			},
		},
		{
			Name: "question", Category: "howto", Title: Text{Zh: "咨询", En: "Question"},
			Text: Text{
				Zh: "想做什么：\n做到哪一步：\n软件版本：",
				En: "What shall be done:\nHow far it got:\nVersion:",
			},
		},
	}
}
