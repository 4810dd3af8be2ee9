package ui

import "testing"

func TestMask(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"+8613800138000", "+86138****8000"},
		{"13800138000", "138****8000"},
		{"02112345678", "021****5678"},
		{"123456789", "1****6789"},
		{"12345678", "******78"},
		{"110", "*10"},
		{"1", "1"},
	} {
		if got := MaskNumber(c.in); got != c.want {
			t.Errorf("MaskNumber(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	for _, c := range []struct{ in, want string }{{"", ""}, {"王芳", "王**"}, {"Li", "L**"}, {"李", "李"}} {
		if got := MaskName(c.in); got != c.want {
			t.Errorf("MaskName(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestMaskAddress(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "南京市": "南京市", "南京市江宁区示例路 1 号 3 号楼": "南京市江宁区****"} {
		if got := MaskAddress(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
