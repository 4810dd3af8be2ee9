package bundle

// readme says what lies in a bundle and how everything in it is checked without this product.
func readme(lang string) string {
	if lang == "en" {
		return readmeEN
	}
	return readmeZH
}

const readmeEN = `What this is
  case.pdf            the case from first ring to survey, to read
  case.json           the same and more, for programs; times are RFC 3339, UTC
  evidence.jsonl      the chain of evidence of the case, one link a line, in order
  calls/*.jsonl       the journal of each call, one entry a line, in order
  procedures/*.yaml   the versions of the procedures that the orders followed
  files/, attachments/  every file, as it was received; the SHA-256 of each stands in case.json
  verification.json   what the check found when this bundle was written

How to check it
  Files: sha256sum of a file must be the sha256 that case.json gives for its id (the part of the name before the first hyphen).
  Evidence: the hash of a link is the SHA-256, in lower-case hex, of the line "hotline-evidence/1" and then, for each of
    id, chain, seq, order, case, step, need, kind, actor, role, via, body, file, sha256, at, device_at, client, prev
    the line "<number of bytes>:<value>". Lines end with LF. Numbers are decimal, times are microseconds since 1970-01-01 UTC
    (0 for none), a missing value is empty, body is the JSON text as it stands in the line.
    prev is the hash of the link before ("" for the first), seq counts from 1 without gaps.
  Calls: the same with the line "hotline-journal/1" and call, seq, at, kind, agent, data, prev.
  The end of a chain is checked against the head that the hotline told you (it stands on order pages and printed documents).
`

const readmeZH = `内容
  case.pdf            问题单从首次来电到满意度调查的全过程，供阅读
  case.json           同样内容及更多细节，供程序处理；时间为 RFC 3339（UTC）
  evidence.jsonl      问题单的证据链，每行一条，按顺序
  calls/*.jsonl       每通来电的日志，每行一条，按顺序
  procedures/*.yaml   服务单所遵循的流程版本
  files/、attachments/  收到的每个文件原样；SHA-256 见 case.json
  verification.json   生成本档案时的校验结果

如何校验
  文件：对文件计算 sha256sum，应等于 case.json 中该编号（文件名第一个连字符之前的部分）的 sha256。
  证据：每条的 hash 是以下文本的 SHA-256（小写十六进制）：先是一行 "hotline-evidence/1"，然后依次为
    id, chain, seq, order, case, step, need, kind, actor, role, via, body, file, sha256, at, device_at, client, prev
    每项一行 "<字节数>:<值>"，行尾为 LF。数字为十进制；时间为自 1970-01-01 UTC 起的微秒数（没有则为 0）；
    缺省值为空；body 为该行中的 JSON 原文。
    prev 是前一条的 hash（首条为空），seq 从 1 起连续。
  来电：相同方法，首行为 "hotline-journal/1"，依次为 call, seq, at, kind, agent, data, prev。
  链的末端与热线公布的末条摘要核对（见服务单页面和打印的文档）。
`
