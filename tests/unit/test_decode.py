"""Bytes become the text that was meant, whatever their label says, or the error says why not."""

from __future__ import annotations

import codecs
import random

import pytest

from dedupe.errors import DecodeError
from dedupe.settings import DecodeSettings
from dedupe.stages.charset import canonical
from dedupe.stages.decode import decode

SETTINGS = DecodeSettings(
    enabled=True, sample_bytes=8192, min_plausibility=0.7, max_broken=0.001, max_controls=0.005, sparse=0.02
)

ZH = "记者昨天在县城看到，新修的图书馆已经开门，读者排起了长队。这里是孩子们最喜欢的地方，周末还有故事会。\n"
TW = "記者昨天在縣城看到，新修的圖書館已經開門，讀者排起了長隊。這裡是孩子們最喜歡的地方，週末還有故事會。\n"
JA = "新しい図書館が昨日、町の中心に開きました。子どもたちは朝から並び、カメラを持った人もいます。\n"
KO = "새로 지은 도서관이 어제 문을 열었다. 아이들은 아침부터 줄을 섰고 주말에는 이야기 모임도 열린다.\n"
RU = "Новая библиотека открылась вчера в центре города. Дети стояли в очереди с самого утра.\n"
EL = "Η νέα βιβλιοθήκη άνοιξε χθες στο κέντρο της πόλης και τα παιδιά περίμεναν από το πρωί.\n"
AR = "افتتحت المكتبة الجديدة أمس في وسط المدينة وانتظر الأطفال منذ الصباح الباكر.\n"
FR = "La bibliothèque a été inaugurée hier ; les élèves, déjà nombreux, ont attendu dès l'aube près du café.\n"
PL = "Nowa biblioteka została wczoraj otwarta w środku miasta. Dzieci stały w kolejce już od świtu, mały Łukasz też.\n"
EN = "The library opened yesterday – “at last”, as one reader said – and it’s already full.\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ZH, "gb18030"),
        (TW, "big5hkscs"),
        (TW, "gb18030"),
        (JA, "cp932"),
        (JA, "euc_jp"),
        (KO, "cp949"),
        (RU, "cp1251"),
        (RU, "koi8-r"),
        (EL, "cp1253"),
        (AR, "cp1256"),
        (FR, "cp1252"),
        (PL, "cp1250"),
        (EN, "cp1252"),
    ],
)
@pytest.mark.parametrize("repeat", [1, 5])
def test_finds_the_encoding_that_nobody_declared(text: str, encoding: str, repeat: int) -> None:
    done = decode((text * repeat).encode(encoding), None, "text", SETTINGS)
    assert (done.text, done.encoding) == (text * repeat, encoding)
    assert [repair.stage for repair in done.repairs] == ["decode"]


@pytest.mark.parametrize("text", ["Мост через реку открыли сегодня.", RU.lower()])
def test_russian_in_koi8_is_not_taken_for_arabic(text: str) -> None:
    assert decode(text.encode("koi8-r"), None, "text", SETTINGS).text == text


@pytest.mark.parametrize("size", [4, 7, 12, 30])
def test_short_chinese_is_not_taken_for_korean(size: int) -> None:
    assert decode("北京八宝山殡仪馆北门吧台"[:size].encode("gbk"), None, "text", SETTINGS).encoding == "gb18030"


def test_plain_utf8_is_returned_without_a_repair() -> None:
    done = decode(ZH.encode(), None, "text", SETTINGS)
    assert (done.text, done.encoding, done.repairs) == (ZH, "utf-8", ())


@pytest.mark.parametrize("label", ["gb2312", "big5", "iso-8859-1", "shift_jis"])
@pytest.mark.parametrize("text", [ZH, "Der Bäcker öffnet früh, heißt es über die Straße."])
def test_utf8_beats_a_lying_label(text: str, label: str) -> None:
    done = decode(text.encode(), label, "text", SETTINGS)
    assert (done.text, done.encoding) == (text, "utf-8")
    assert label in done.repairs[0].detail


def test_an_unknown_label_is_ignored() -> None:
    assert decode(ZH.encode(), "x-user-defined", "text", SETTINGS).text == ZH


@pytest.mark.parametrize("label", ["utf-8", "iso-8859-1", "big5", "windows-1251", "no-such-thing"])
def test_gbk_beats_a_lying_label(label: str) -> None:
    done = decode((ZH * 3).encode("gbk"), label, "text", SETTINGS)
    assert (done.text, done.encoding) == (ZH * 3, "gb18030")


@pytest.mark.parametrize("label", ["GB2312", "gbk", " 'gb_2312-80' ", "x-gbk", "EUC-CN", "cp936"])
def test_every_gb_label_means_gb18030(label: str) -> None:
    assert canonical(label) == "gb18030"


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("Big5-HKSCS", "big5hkscs"),
        ("Shift_JIS", "cp932"),
        ("ks_c_5601-1987", "cp949"),
        ("us-ascii", "cp1252"),
        ("hz-gb-2312", "hz"),
        ("rot13", None),
        ("unicode_escape", None),
        ("", None),
        ("\0", None),
    ],
)
def test_labels_mean_what_browsers_mean_by_them(label: str, encoding: str | None) -> None:
    assert canonical(label) == encoding


def test_a_declared_encoding_is_used_where_nothing_else_could_tell() -> None:
    text = "Gazeteci dün şehirde dağıtılan ışıklı kitapları gördü."
    assert decode(text.encode("cp1254"), "windows-1254", "text", SETTINGS).text == text


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="gbk">',
        "<META http-equiv=Content-Type content='text/html; charset=gb2312'>",
        '<?xml version="1.0" encoding="GB18030"?>',
    ],
)
def test_a_page_declares_its_own_charset(head: str) -> None:
    done = decode(f"{head}<p>{ZH}".encode("gbk"), None, "html", SETTINGS)
    assert done.encoding == "gb18030"
    assert "declared" in done.repairs[0].detail
    assert "declared" not in decode(f"{head}{ZH}".encode("gbk"), None, "text", SETTINGS).repairs[0].detail


def test_a_page_is_judged_behind_its_ascii_head() -> None:
    page = "<script>" + "var a = 1;\n" * 5000 + "</script>" + ZH
    assert decode(page.encode("gbk"), None, "html", SETTINGS).text == page


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_believed_and_dropped(encoding: str) -> None:
    done = decode(ZH.encode(encoding), "gbk", "text", SETTINGS)
    assert done.text == ZH
    assert done.encoding == encoding.removesuffix("-sig")


def test_big_endian_marks_are_known() -> None:
    assert decode(codecs.BOM_UTF16_BE + ZH.encode("utf-16-be"), None, "text", SETTINGS).text == ZH
    assert decode(codecs.BOM_UTF32_BE + ZH.encode("utf-32-be"), None, "text", SETTINGS).text == ZH


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [ZH, EN])
def test_utf16_without_a_mark_is_known_by_its_nuls(encoding: str, text: str) -> None:
    done = decode(text.encode(encoding), None, "text", SETTINGS)
    assert (done.text, done.encoding) == (text, encoding)


def test_seven_bit_japanese_is_known_by_its_escapes() -> None:
    assert decode(JA.encode("iso2022_jp"), None, "text", SETTINGS).text == JA


def test_broken_bytes_do_not_turn_utf8_into_something_else() -> None:
    payload = (EN * 20).encode() + b"\xe2\x80 broken \xff\n" + (EN * 20).encode()
    done = decode(payload, None, "text", SETTINGS)
    assert done.encoding == "utf-8"
    assert done.text.count("\ufffd") == 2
    assert [repair.name for repair in done.repairs] == ["broken bytes"]


def test_one_broken_byte_in_a_short_text_does_not_either() -> None:
    payload = "新闻：图书馆开门了。".encode() + b"\xe2\x80" + "读者很多。".encode()
    assert decode(payload, None, "text", SETTINGS).encoding == "utf-8"


@pytest.mark.parametrize(
    ("parts", "encoding"),
    [
        ([(ZH, "utf-8"), (ZH * 40, "gb18030")], "gb18030"),
        ([(ZH * 40, "utf-8"), (ZH, "gb18030"), (ZH * 40, "utf-8")], "gb18030"),
        ([(TW * 3, "big5hkscs"), (TW, "utf-8")], "big5hkscs"),
        ([(ZH, "utf-8"), (FR * 9, "cp1252")], "cp1252"),
        ([(EN * 9, "utf-8"), (EN, "ascii"), (RU * 2, "cp1251")], "cp1251"),
    ],
)
def test_lines_in_two_encodings_are_each_read_in_their_own(parts: list[tuple[str, str]], encoding: str) -> None:
    payload = b"".join(text.encode(name, "ignore") for text, name in parts)
    done = decode(payload, "utf-8", "text", SETTINGS)
    assert done.text == "".join(text.encode(name, "ignore").decode(name) for text, name in parts)
    assert [(r.name, encoding in r.detail) for r in done.repairs] == [("mixed encodings", True)]


def test_what_only_looks_like_two_encodings_stays_one() -> None:
    broken = ZH.encode().replace("书".encode(), b"\xe4\xb9")
    done = decode((ZH * 99).encode() + broken, None, "text", SETTINGS)
    assert done.text == ZH * 99 + ZH.replace("书", "\ufffd")
    noise = bytes(random.Random(3).randbytes(99)).translate(None, bytes(range(0x80)) + b"\n")
    done = decode((ZH * 99).encode() + noise, None, "text", SETTINGS)
    assert done.text.startswith(ZH * 99)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5hkscs"])
def test_a_character_cut_at_the_very_end_is_dropped(encoding: str) -> None:
    text = (TW if encoding == "big5hkscs" else ZH).strip() + "報"
    done = decode(text.encode(encoding)[:-1], None, "text", SETTINGS)
    assert (done.text, done.encoding) == (text[:-1], encoding)
    assert done.repairs[-1].name == "truncated"


@pytest.mark.parametrize(
    ("payload", "what"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"PK\x03\x04\x14\0", "ZIP"),
        (bytes(range(256)) * 20, "binary"),
        (b"abc\0\x01\x02\x03\x04" * 100, "binary"),
    ],
)
def test_what_is_no_text_fails_and_says_so(payload: bytes, what: str) -> None:
    with pytest.raises(DecodeError, match=what):
        decode(payload, None, "text", SETTINGS)


def test_a_page_is_not_lost_for_a_few_signs_that_nobody_can_place() -> None:
    payload = b"Boards of 6\xbd by 8\xbd inches were delivered to the site. " + b"Work began on Monday. " * 30
    done = decode(payload, None, "text", SETTINGS)
    assert done.encoding == "cp1252"
    assert "6½ by 8½ inches" in done.text


def test_where_nothing_is_plausible_the_error_names_what_was_tried() -> None:
    rng = random.Random(1)
    payload = bytes(rng.randrange(0x20, 0x100) for _ in range(400))
    with pytest.raises(DecodeError, match=r"best are .*decode\.min_plausibility"):
        decode(payload, None, "text", SETTINGS)


def test_disabled_means_strict_utf8() -> None:
    off = DecodeSettings(
        enabled=False, sample_bytes=8192, min_plausibility=0.7, max_broken=0.001, max_controls=0.005, sparse=0.02
    )
    assert decode(ZH.encode("utf-8-sig"), None, "text", off).text == ZH
    with pytest.raises(DecodeError, match=r"decode\.enabled"):
        decode(ZH.encode("gbk"), "gbk", "text", off)


@pytest.mark.parametrize("payload", [b"", b"\n", b"a", b"\xef\xbb\xbf"])
def test_next_to_nothing_is_text(payload: bytes) -> None:
    assert decode(payload, "gbk", "html", SETTINGS).text == payload.decode("utf-8-sig")
