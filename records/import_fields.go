package records

import "strings"

// What can be imported.
const (
	ImportCustomers = "customers" // with their contacts: one row a contact
	ImportProducts  = "products"  // with their categories: one row a category
)

// ImportField is what a column may mean.
type ImportField struct {
	Code     string
	Required bool // of a new customer or product
	Name     Bilingual
	aliases  []string // other heads by which it is recognised
}

// ImportFields gives the fields of a kind, in the order of a sample file; none for a kind that there is not.
func ImportFields(kind string) []ImportField {
	field := func(code string, required bool, zh, en string, aliases ...string) ImportField {
		return ImportField{code, required, Bilingual{zh, en}, aliases}
	}
	switch kind {
	case ImportCustomers:
		return []ImportField{
			field("code", false, "客户编号", "Customer code", "客户代码", "客户号", "编号", "代码", "code", "customer no", "customer number", "customer id"),
			field("name", true, "客户名称", "Customer", "客户", "单位", "单位名称", "公司", "公司名称", "企业名称", "customer name", "company", "organisation", "organization", "name"),
			field("region", false, "地区", "Region", "省份", "省", "所在地区", "区域", "province"),
			field("address", false, "地址", "Address", "详细地址", "单位地址", "公司地址", "联系地址", "street"),
			field("service_centre", false, "服务中心", "Service centre", "服务网点", "service center", "centre", "center"),
			field("agreement", false, "服务协议", "Agreement", "协议", "合同", "服务合同", "服务级别", "contract", "sla"),
			field("vip", false, "重要客户", "VIP", "是否vip", "vip客户"),
			field("priority", false, "优先级", "Priority"),
			field("notes", false, "客户备注", "Notes", "备注", "说明", "remarks", "comment"),
			field("contact.name", false, "联系人", "Contact", "联系人姓名", "姓名", "contact name", "contact person", "person"),
			field("contact.numbers", false, "电话", "Phone numbers", "联系电话", "手机", "手机号", "手机号码", "电话号码", "phone", "phones", "telephone", "mobile", "tel"),
			field("contact.email", false, "电子邮箱", "E-mail", "邮箱", "邮件", "email", "mail"),
			field("contact.notes", false, "联系人备注", "Notes on the contact", "职务", "部门", "title", "position"),
		}
	case ImportProducts:
		return []ImportField{
			field("code", true, "产品代码", "Product code", "产品编号", "代码", "编号", "code", "product"),
			field("zh", true, "产品名称", "Name in Chinese", "产品", "名称", "中文名称", "product name", "name", "zh"),
			field("en", false, "英文名称", "Name in English", "产品英文名称", "英文名", "en"),
			field("category", false, "类别代码", "Category code", "类别编号", "分类代码", "category"),
			field("category.zh", false, "类别名称", "Category in Chinese", "类别", "分类", "问题类别", "category name", "category zh"),
			field("category.en", false, "类别英文名称", "Category in English", "类别英文名", "category en"),
			field("in_use", false, "在用", "In use", "是否在用", "启用", "是否启用", "active", "enabled"),
		}
	}
	return nil
}

// proposeMapping gives the field of each column by its head; "" for columns that mean nothing here. A field is proposed once.
func proposeMapping(kind string, head []string) []string {
	out, taken := make([]string, len(head)), map[string]bool{}
	for _, exact := range []bool{true, false} { // names first, then what goes by another name
		for i, h := range head {
			for _, f := range ImportFields(kind) {
				if out[i] == "" && !taken[f.Code] && f.called(h, exact) {
					out[i], taken[f.Code] = f.Code, true
				}
			}
		}
	}
	return out
}

func (f ImportField) called(head string, exact bool) bool {
	same := func(name string) bool { return bare(name) == bare(head) }
	if exact {
		return same(f.Name.Zh) || same(f.Name.En) || same(f.Code)
	}
	for _, a := range f.aliases {
		if same(a) {
			return true
		}
	}
	return false
}

// bare is a head without case, blanks and signs: "E-mail *" is "email".
func bare(head string) string { return strings.ReplaceAll(searchable(head), " ", "") }

// mappingOf gives a mapping as it was chosen, without fields that there are not and without any twice; nil proposes one.
func mappingOf(kind string, head, chosen []string) []string {
	if chosen == nil {
		return proposeMapping(kind, head)
	}
	out, taken := make([]string, len(head)), map[string]bool{}
	for i := range out {
		for _, f := range ImportFields(kind) {
			if i < len(chosen) && chosen[i] == f.Code && !taken[f.Code] {
				out[i], taken[f.Code] = f.Code, true
			}
		}
	}
	return out
}
