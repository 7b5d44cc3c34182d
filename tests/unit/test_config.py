"""Configs: strict, and every refusal says where, what, what it should have been, and what to do."""

from __future__ import annotations

import re
from dataclasses import asdict, fields, is_dataclass
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest
import yaml

from dedupe.bundled import CONFIGS, PACKS, configs_in
from dedupe.config import default_text, load_settings
from dedupe.errors import ConfigError
from dedupe.settings import RANGES, Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "news.yaml"


def refusal(config: Path, text: str | bytes) -> str:
    config.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as refused:
        load_settings(config)
    return str(refused.value)


def leaves(kind: type, path: str = "") -> dict[str, Any]:
    """Every setting by its full name, with the type it wants."""
    found = {}
    for item in fields(kind):
        hint = get_type_hints(kind)[item.name]
        found |= leaves(hint, f"{path}{item.name}.") if is_dataclass(hint) else {f"{path}{item.name}": hint}
    return found


def value_of(settings: Settings, name: str) -> Any:
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value


# The defaults


def test_the_defaults_set_every_setting_and_nothing_else() -> None:
    plain = yaml.safe_load(default_text())
    assert {stage: _listed(block) for stage, block in plain.items()} == {
        stage: _listed(block) for stage, block in asdict(load_settings()).items()
    }


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _listed(one) for key, one in value.items()}
    return list(value) if isinstance(value, tuple) else value


def test_every_setting_stands_under_a_comment_of_its_block() -> None:
    lines = default_text().splitlines()
    bare = []
    for at, line in enumerate(lines):
        found = re.fullmatch(r"( +)(\w+):.*", line)
        if not found or found[2] == "enabled":  # the one setting that explains itself
            continue
        above = at - 1
        while re.match(rf"{found[1]}\w+: ", lines[above]):
            above -= 1  # a group of settings may share one comment
        commented = lines[above].strip().startswith("#")
        nested = not lines[above].startswith(found[1]) and lines[above - 1].strip().startswith("#")
        if not commented and not nested:
            bare.append(line.strip())
    assert bare == []


def test_every_number_has_a_range_that_its_default_lies_in() -> None:
    numeric = {name for name, hint in leaves(Settings).items() if hint in (int, float)}
    assert set(RANGES) == numeric
    for name, (low, high) in RANGES.items():
        assert low <= value_of(load_settings(), name) <= high


def test_the_bundled_configs_lie_where_the_package_looks() -> None:
    assert (CONFIGS / "default.yaml").is_file()
    assert (PACKS / "zh.yaml").is_file()


def test_beside_an_installed_package_lie_the_packs_of_others(tmp_path: Path) -> None:
    package = tmp_path / "dedupe"
    package.mkdir()
    (tmp_path / "configs").mkdir()
    assert configs_in(package) == tmp_path / "configs", "a checkout"
    (package / "configs").mkdir()
    assert configs_in(package) == package / "configs"


def test_the_default_config_read_as_a_config_changes_nothing(config: Path) -> None:
    config.write_text(default_text(), "utf-8")
    assert load_settings(config) == load_settings()


# What a config changes


def test_a_config_changes_what_it_names_and_leaves_the_rest(config: Path) -> None:
    config.write_text("repeats:\n  min_length: 50\nneardup:\n  keep: earliest\n  jaccard: 1\n", "utf-8")
    changed, default = load_settings(config), load_settings()
    assert (changed.repeats.min_length, changed.neardup.keep, changed.neardup.jaccard) == (50, "earliest", 1.0)
    assert isinstance(changed.neardup.jaccard, float)
    assert changed.repeats.max_gap == default.repeats.max_gap
    assert changed.bylines == default.bylines
    assert load_settings() == default


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "repeats:\n", "{}\n"])
def test_an_empty_config_or_block_changes_nothing(config: Path, text: str) -> None:
    config.write_text(text, "utf-8")
    assert load_settings(config) == load_settings()


def test_nested_settings_are_set_in_their_block(config: Path) -> None:
    config.write_text("read:\n  fields:\n    text: body.content\n", "utf-8")
    assert load_settings(config).read.fields.text == "body.content"
    assert load_settings(config).read.fields.title == "title"


def test_rule_files_are_found_beside_the_config(config: Path) -> None:
    config.write_text("bylines:\n  rules: [mine.yaml, /etc/ours.yaml]\n", "utf-8")
    assert load_settings(config).bylines.rules == (str(config.parent / "mine.yaml"), "/etc/ours.yaml")


def test_set_overrides_the_config_and_the_last_one_wins(config: Path) -> None:
    config.write_text("repeats:\n  min_length: 50\n  max_gap: 40\n", "utf-8")
    changed = load_settings(config, ["repeats.min_length=60", "repeats.enabled=false", "repeats.min_length=70"])
    assert (changed.repeats.min_length, changed.repeats.max_gap, changed.repeats.enabled) == (70, 40, False)


@pytest.mark.parametrize(
    ("override", "name", "value"),
    [
        ("bylines.enabled=false", "bylines.enabled", False),
        ("bylines.packs=[en]", "bylines.packs", ("en",)),
        ("bylines.packs=[]", "bylines.packs", ()),
        ("neardup.jaccard=0.9", "neardup.jaccard", 0.9),
        ("neardup.keep=latest", "neardup.keep", "latest"),
        ("read.fields.text=body", "read.fields.text", "body"),
        (" repeats.max_gap = 0", "repeats.max_gap", 0),
        ("read.fields.text=a=b", "read.fields.text", "a=b"),
    ],
)
def test_set_takes_values_as_a_config_does(override: str, name: str, value: object) -> None:
    assert value_of(load_settings(overrides=[override]), name) == value


# Refusals


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("repeat:\n  min_length: 50\n", ":1: unknown key repeat; did you mean repeats?"),
        ("\nrepeats:\n  min_lenght: 50\n", ":3: unknown key repeats.min_lenght; did you mean repeats.min_length?"),
        ("read:\n  fields:\n    txt: a\n", ":3: unknown key read.fields.txt; did you mean read.fields.text?"),
        ("html:\n  zzz: 1\n", ":2: unknown key html.zzz; known keys: extract"),
        ("repeats: 5\n", ":1: repeats is 5; it must be a block of settings, each with a colon (enabled: ...)"),
        ("repeats: [a]\n", ":1: repeats is ['a']; it must be a block of settings, each with a colon (enabled: ...)"),
        ("repeats:\n  min_length: long\n", ":2: repeats.min_length is 'long'; it must be a whole number"),
        ("repeats:\n  min_length: 30.5\n", ":2: repeats.min_length is 30.5; it must be a whole number"),
        ("repeats:\n  min_length: true\n", ":2: repeats.min_length is True; it must be a whole number"),
        ("repeats:\n  min_length:\n", ":2: repeats.min_length is None; it must be a whole number"),
        ("repeats:\n  enabled: 1\n", ":2: repeats.enabled is 1; it must be true or false"),
        ("repeats:\n  enabled: 'no'\n", ":2: repeats.enabled is 'no'; it must be true or false"),
        ("neardup:\n  jaccard: high\n", ":2: neardup.jaccard is 'high'; it must be a number"),
        ("neardup:\n  jaccard: false\n", ":2: neardup.jaccard is False; it must be a number"),
        ("neardup:\n  keep: longst\n", "it must be one of longest, earliest, latest, source (did you mean longest?)"),
        ("bylines:\n  packs: zh\n", ":2: bylines.packs is 'zh'; it must be a list of names, like [zh, en]"),
        ("bylines:\n  packs: [1]\n", ":2: bylines.packs is [1]; it must be a list of names, like [zh, en]"),
        ("read:\n  fields:\n    text: 7\n", ":3: read.fields.text is 7; it must be text; put a number in quotes"),
        ("neardup:\n  # high\n  jaccard: 7\n", ":3: neardup.jaccard is 7.0; it must be between 0.5 and 1"),
        ("neardup:\n  jaccard: .nan\n", ":2: neardup.jaccard is nan; it must be between 0.5 and 1"),
        ("repeats:\n  min_length: 2\n", ":2: repeats.min_length is 2; it must be between 8 and 1048576"),
        ("repeats:\n  max_gap: 1\n  max_gap: 2\n", ":3: max_gap appears twice; keep one"),
        ("repeats:\n  max_gap: 1\nrepeats:\n  max_gap: 2\n", ":3: repeats appears twice; keep one"),
        ("a: &x {b: 1}\nc: *x\n", "YAML aliases (*name) are not used here; write the value out"),
        ("a: &x [b]\nc: *x\n", "YAML aliases (*name) are not used here; write the value out"),
        ("a: &x 5\nc: *x\n", "YAML aliases (*name) are not used here; write the value out"),
        ("a: &x\n  b: *x\n", "YAML aliases (*name) are not used here; write the value out"),
        ("- repeats\n", ": settings must be grouped by stage, like repeats: {enabled: false}"),
        ("repeats\n", ": settings must be grouped by stage, like repeats: {enabled: false}"),
        ("[a, b]: 1\n", ":1: a key must be a name, not a list or a mapping"),
        ("repeats:\n  max_gap: !!python/name:os.system\n", "put text in quotes"),
        ("repeats:\n  max_gap: 2026-13-45\n", ":2: 2026-13-45 is not a plain value"),
        ("repeats:\n  max_gap: !!int x\n", ":2: x is not a plain value"),
        ("repeats:\n  max_gap: !!bool x\n", ":2: x is not a plain value"),
        ("repeats:\n  max_gap: !!timestamp x\n", ":2: x is not a plain value"),
        ("repeats: {max_gap: 1\n", "not valid YAML"),
        ("repeats:\n\tmax_gap: 1\n", "indent with spaces, not tabs"),
        ("a: 1\n---\na: 2\n", "not valid YAML"),
        ("a: \x07\n", "not valid YAML"),
        (r'neardup: {sources: ["\ud800"]}', "contains half a character"),
        ("a: " + "[" * 5000 + "\n", "nested hundreds of levels deep; is this a config file?"),
        (b"a: \xd6\xd0\n", "is not UTF-8; save it as UTF-8"),
        ("#" * (1 << 20) + "\n", "larger than 1 MiB; is this a config file?"),
        (
            "neardup:\n  bands: 32\n",
            "neardup.bands x neardup.rows is 192, more than neardup.num_perm (128); lower bands or rows",
        ),
        ("neardup:\n  keep: source\n", "neardup.sources is empty; list the sources, best first"),
    ],
)
def test_a_refusal_names_the_file_the_line_the_key_and_the_remedy(config: Path, text: str | bytes, said: str) -> None:
    message = refusal(config, text)
    assert message.startswith(str(config))
    assert said in message


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("repeats.min_length", "write KEY=VALUE, for example --set repeats.enabled=false"),
        ("=5", "write KEY=VALUE"),
        ("repeats.min_lenght=5", "unknown key repeats.min_lenght; did you mean repeats.min_length?"),
        ("repeats=5", "repeats is 5; it must be a block of settings"),
        ("repeats..enabled=false", "write KEY=VALUE"),
        ("repeats.min_length=", "it must be a whole number"),
        ("repeats.min_length=[5", "not valid YAML"),
        ("neardup.jaccard=7", "neardup.jaccard is 7.0; it must be between 0.5 and 1"),
    ],
)
def test_a_refused_override_is_quoted_and_not_blamed_on_the_config(config: Path, override: str, said: str) -> None:
    config.write_text("repeats:\n  max_gap: 1\n", "utf-8")
    with pytest.raises(ConfigError) as refused:
        load_settings(config, [override])
    assert str(refused.value).startswith(f"--set {override}")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "override", ["rep\udcffeats=5", "\udcff", "neardup.sources=[\udcff]", r'html.extract="\ud800"']
)
def test_an_override_that_is_no_text_is_refused_in_words_that_are(override: str) -> None:
    message = r"--set: contains half a character \(.+\); write it whole, in UTF-8"
    with pytest.raises(ConfigError, match=message) as refused:
        load_settings(None, [override])
    str(refused.value).encode()


def test_a_config_that_is_not_there_is_refused_with_the_way_to_one(config: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read .*dedupe init writes one to start from"):
        load_settings(config)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(config.parent)


@pytest.mark.parametrize("name", RANGES)
def test_every_range_is_enforced_at_both_ends(name: str) -> None:
    for value in (RANGES[name][0] - 1, RANGES[name][1] + 1):
        with pytest.raises(ConfigError, match=f"{re.escape(name)} is .*must be between"):
            load_settings(overrides=[f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"])


def test_bands_and_values_can_be_raised_together() -> None:
    near = load_settings(overrides=["neardup.bands=32", "neardup.num_perm=192"]).neardup
    assert near.bands * near.rows == near.num_perm == 192


# Fingerprints


def test_equal_settings_have_one_fingerprint_and_others_another() -> None:
    one, same = load_settings(), load_settings(overrides=["repeats.max_gap=60"])
    assert one.fingerprint() == same.fingerprint()
    assert re.fullmatch("[0-9a-f]{16}", one.fingerprint())
    # What is asked of a finished run is no part of what made it.
    of_a_run = [name for name in leaves(Settings) if not name.startswith("suggest.")]
    others = {f"{name}={_changed(value_of(one, name))}" for name in of_a_run}
    prints = {load_settings(overrides=[other]).fingerprint() for other in others}
    assert len(prints - {one.fingerprint()}) == len(of_a_run)
    assert load_settings(overrides=["suggest.min_days=9"]).fingerprint() == one.fingerprint()


def _changed(value: object) -> str:
    """Another value that is in range."""
    if isinstance(value, bool):
        return str(not value).lower()
    if isinstance(value, float):
        return str(value * 0.99)
    if isinstance(value, int):
        return str(value + 1 if value < 128 and value not in (6, 21) else value - 1 if value < 128 else value * 2)
    if isinstance(value, tuple):
        return "[other]"
    others = {"main": "all", "longest": "latest", "better": "last", "text": "none", "none": "30d", "keep": "omit"}
    return others.get(str(value), "other")
