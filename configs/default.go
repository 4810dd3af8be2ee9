package configs

import "time"

// Default is the configuration that an empty file gives. hotline.yaml documents it line by line.
func Default() Config {
	hotline := Hotline{Name: "service", DIDs: []string{"4000000000"}, Queue: "service"}
	hotline.setDefaults()
	queue := Queue{Name: "service", Title: Text{Zh: "服务热线", En: "Service hotline"}, Skill: "service"}
	queue.setDefaults()
	embedded := Switch{Name: "main"}
	embedded.setDefaults()
	return Config{
		Timezone: "Asia/Shanghai",
		HTTP:     HTTP{Listen: "127.0.0.1:8080"},
		Data:     Data{Dir: "data"},
		Redis:    Redis{Mode: RedisFallback, Prefix: "hotline"},
		Switches: []Switch{embedded},
		Asterisk: Asterisk{
			SIPBind: "127.0.0.1:5060", HTTPBind: "127.0.0.1:8088",
			RTPFirst: 10000, RTPLast: 19999,
			Watchdog: 20 * time.Second, FallbackRing: 20 * time.Second, NoVoice: 8 * time.Second, Standby: 4, SoundsLanguage: "en",
		},
		Hotlines:  []Hotline{hotline},
		Queues:    []Queue{queue},
		Calendars: Calendars{Default: "china"},
		PauseReasons: []Reason{
			{Code: "break", Zh: "小休", En: "Break"},
			{Code: "meal", Zh: "用餐", En: "Meal"},
			{Code: "meeting", Zh: "会议", En: "Meeting"},
			{Code: "training", Zh: "培训", En: "Training"},
			{Code: "paperwork", Zh: "文书处理", En: "Paperwork"},
		},
		DeclineReasons: []Reason{
			{Code: "busy", Zh: "正在忙", En: "Busy"},
			{Code: "away", Zh: "暂时离开", En: "Away from the desk"},
			{Code: "skill", Zh: "不熟悉该问题", En: "Not my field"},
			{Code: "technical", Zh: "设备故障", En: "Technical trouble"},
			{Code: "other", Zh: "其他", En: "Other"},
		},
		Departments: []Department{
			{Code: "sales", Zh: "销售部", En: "Sales"},
			{Code: "finance", Zh: "财务部", En: "Finance"},
			{Code: "development", Zh: "研发部", En: "Development", Service: "development"},
			{Code: "consulting", Zh: "咨询部", En: "Consulting", Service: "consulting"},
			{Code: "training", Zh: "培训部", En: "Training", Service: "open_class"},
		},
		Products:    defaultProducts(),
		Templates:   defaultCaseTemplates(),
		Escalations: Escalations{Remote: 30 * time.Minute, Onsite: 2 * time.Hour},
		Digest:      Digest{Every: DigestWeek, At: "08:00"},
		Outbound:    defaultOutbound(),
		FollowUp:    defaultFollowUp(),
		ICE:         ICE{Lifetime: time.Hour},
		Webhook:     Webhook{Timeout: 10 * time.Second},
		Mail:        Mail{Port: 587, TLS: "starttls", Timeout: 20 * time.Second},
		Vault:       Vault{Limit: 4 * time.Hour, Ceiling: 12 * time.Hour},
		Probe:       Probe{Timeout: 5 * time.Second},
		Greeting: Text{
			Zh: "您好，这里是服务热线，请问有什么可以帮您？",
			En: "Hello, this is the service hotline. How may I help you?",
		},
		Desk:        Desk{Timeout: 30 * time.Second},
		Supervision: Supervision{TellAgents: true},
		Wallboard:   Wallboard{AgentsMissing: 2},
		Security: Security{
			CallsPerNumber:  10,
			SessionLifetime: 12 * time.Hour, SessionIdle: time.Hour,
			LoginAttempts: 5, LoginWindow: 5 * time.Minute, LoginLockout: 15 * time.Minute,
		},
		Log: Log{Level: "info", Format: "text"},
	}
}

// withDefaults is a list's item that starts from values of its own: what an item leaves out has these.
type withDefaults interface{ setDefaults() }

func (s *Switch) setDefaults() {
	s.Kind, s.Bind = SwitchEmbedded, "127.0.0.1:5060"
	s.URL = "http://127.0.0.1:8088/ari"
	s.User, s.Application = "hotline", "hotline"
}

func (h *Hotline) setDefaults() {
	h.Region, h.Rings = "CN", 3
	h.Ring = Cadence{On: time.Second, Off: 4 * time.Second}
}

func (q *Queue) setDefaults() {
	q.Strategy = LongestIdle
	q.Ladder = []LadderStep{
		{Ring: 1, RingMore: 1, Who: WhoBest},
		{Ring: 2, RingMore: 2, Who: WhoBest},
		{Ring: 3, Who: WhoEveryone},
		{Ring: 3, Who: WhoManager},
	}
	q.RingNoAnswer, q.MissedCallsPause = 20*time.Second, 2
	q.MaxWait, q.NoAgents = 5*time.Minute, 20*time.Second
	q.Overflow = []Overflow{
		{When: WhenNoAgents, Do: DoManager},
		{When: WhenMaxWait, Do: DoCallback, Media: "sound:vm-nobodyavail"},
		{When: WhenQueueFull, Do: DoCallback, Media: "sound:vm-nobodyavail"},
	}
	q.WrapUpLimit, q.HandOverTime = 2*time.Minute, 30*time.Second
	q.ReturnTime = 20 * time.Second
	q.HandlingTime, q.StaffTarget = 3*time.Minute, 99
}

func (s *LadderStep) setDefaults() { s.RingMore, s.Who = 1, WhoBest }
