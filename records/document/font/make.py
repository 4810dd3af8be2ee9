#!/usr/bin/env python3
"""Makes the fonts of the documents from the static fonts of Noto Sans SC. Run by hand; see README.md.

make.py REGULAR.ttf SEMIBOLD.ttf EMOJI.ttf KOREAN.ttf writes regular, semibold, emoji and hangul.ttf.gz beside this script. Needs fontTools.
"""
import copy
import gzip
import pathlib
import sys

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

INVISIBLE = {0x200D, 0x20E3, *range(0xFE00, 0xFE10), *range(0xE0020, 0xE0080)}
UNUSED = ["fvar", "gvar", "HVAR", "MVAR", "avar", "GSUB", "GPOS", "GDEF", "vhea", "vmtx", "BASE", "STAT", "VORG", "gasp", "DSIG"]


def gb2312():
    """The characters of GB 2312, Latin-1, punctuation, enclosed numbers and full-width forms: what headings and labels are made of."""
    chars = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            chars.update(ord(c) for c in bytes([row, cell]).decode("gb2312", "ignore"))
    for first, last in ((0x20, 0x7E), (0xA0, 0xFF), (0x2000, 0x206F), (0x2460, 0x24FF), (0x3000, 0x303F), (0xFF00, 0xFFEF)):
        chars.update(range(first, last + 1))
    return chars


def own_glyphs(font):
    """Gives every character a glyph of its own. A PDF names one character for a glyph: two that share it could not be told apart in the text."""
    cmap = font.getBestCmap()
    order, glyf, hmtx = font.getGlyphOrder(), font["glyf"], font["hmtx"]
    taken, twins = set(), {}
    for code in sorted(cmap):
        name = cmap[code]
        if name not in taken:
            taken.add(name)
            continue
        twin = f"twin{code:05X}"
        order.append(twin)
        glyf.glyphs[twin] = copy.deepcopy(glyf[name])
        hmtx.metrics[twin] = hmtx.metrics[name]
        twins[code] = twin
    font.setGlyphOrder(order)
    glyf.setGlyphOrder(order)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.update({c: t for c, t in twins.items() if c in table.cmap})
    return len(twins)


def make(source, target, chars=None):
    font = TTFont(source, recalcTimestamp=False)
    options = Options()
    options.drop_tables += UNUSED
    options.layout_features, options.hinting, options.glyph_names, options.notdef_outline = [], False, False, True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=chars or font.getBestCmap().keys())
    subsetter.subset(font)
    font["post"].formatType = 3.0
    twins = own_glyphs(font)
    raw = pathlib.Path(target).with_suffix("")
    font.save(raw)
    data = raw.read_bytes()
    raw.unlink()
    pathlib.Path(target).write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{target}: {len(font.getBestCmap())} characters, {twins} twins, {len(data)} bytes")


here = pathlib.Path(__file__).parent
make(sys.argv[1], here / "regular.ttf.gz")
make(sys.argv[2], here / "semibold.ttf.gz", gb2312())
# What Regular lacks comes from these two; joiners and the like are not printed.
has = TTFont(sys.argv[1]).getBestCmap().keys()
make(sys.argv[3], here / "emoji.ttf.gz", {c for c in TTFont(sys.argv[3]).getBestCmap() if c >= 0x2000 and c not in has and c not in INVISIBLE})
make(sys.argv[4], here / "hangul.ttf.gz", {*range(0xAC00, 0xD7A4), *range(0x3131, 0x318F)} - has)
