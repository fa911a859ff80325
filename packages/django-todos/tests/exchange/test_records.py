"""Text as files bring it: encodings, line ends, what doesn't fit, trees that aren't."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from django_todos.exchange.records import (
    LabelRecord,
    LineKeys,
    ListRecord,
    TodoRecord,
    clean_value,
    fit,
    fit_list,
    lines_of,
)
from django_todos.exchange.tree import arrange


def test_line_ends() -> None:
    assert list(lines_of("\ufeffa\r\nb\rc\n\x0cd\u2028e")) == [
        (1, "a"),
        (2, "b"),
        (3, "c"),
        (4, "\x0cd\u2028e"),
    ]


def test_keys_count_repeats() -> None:
    keys = LineKeys()
    first, second, other = keys.key("a"), keys.key(" a "), keys.key("b")
    assert first[:-1] == second[:-1] and first.endswith(":1") and second.endswith(":2")
    assert other.endswith(":1")


def test_fit_changes_nothing_that_fits() -> None:
    record = TodoRecord("k", "Ünïcode  日本語", notes="a\n\nb", labels=("x", "y"), extra={"a": 1})
    assert fit(record) == (record, [])


def test_fit_moves_and_names_what_is_too_long() -> None:
    title, label, notes = "t" * 501, "l" * 101, "n" * 100_000
    record, said = fit(TodoRecord("k", title, line=7, notes=notes, labels=(label, "a", "A")))
    assert len(record.title) == 500 and len(record.notes) == 100_000
    assert record.notes.startswith(title)
    assert (record.notes + record.extra["notes_rest"]) == f"{title}\n\n{notes}\n\n{label}"
    assert record.labels == ("a",)
    assert [note.line for note in said] == [7, 7, 7]


def test_fit_takes_out_what_no_database_stores() -> None:
    record, said = fit(
        TodoRecord("k", "a\x00b\ud800\nc", extra={"a\x00": ["\ud800x", {"b": float("nan")}]})
    )
    assert record.title == "ab c"
    assert record.extra == {"a": ["x", {"b": "nan"}]}
    assert len(said) == 1


def test_fit_gives_a_title() -> None:
    record, said = fit(TodoRecord("k", " \n "))
    assert record.title and said


def test_clean_value_leaves_plain_values() -> None:
    assert clean_value([1, 1.5, None, True]) == [1, 1.5, None, True]


def test_fit_list() -> None:
    labels = (LabelRecord("a", "red"), LabelRecord("A", "blue"), LabelRecord("x" * 101))
    fitted = fit_list(ListRecord("k", "n" * 201, description="d", labels=labels))
    assert len(fitted.name) == 200 and fitted.description == "n" * 201 + "\n\nd"
    assert fitted.labels == (LabelRecord("a", "red"),)
    assert fit_list(ListRecord("k", "")).name


def chain(*pairs: tuple[str, str]) -> list[TodoRecord]:
    return [TodoRecord(key, key, line, parent_key=up) for line, (key, up) in enumerate(pairs, 1)]


def test_parents_come_first_and_siblings_keep_their_order() -> None:
    records = chain(("c", "b"), ("a", ""), ("b", "a"), ("d", "b"), ("e", ""))
    arranged = arrange(records)
    assert [one.key for one in arranged.records] == ["a", "b", "c", "d", "e"]
    assert not arranged.notes and not arranged.problems


def test_a_sixth_level_goes_up() -> None:
    records = chain(
        ("a", ""), ("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "e"), ("g", "f")
    )
    arranged = arrange(records)
    parents = {one.key: one.parent_key for one in arranged.records}
    assert parents["e"] == "d" and parents["f"] == "d" and parents["g"] == "d"
    assert [note.line for note in arranged.notes] == [6, 7]


def test_rings_missing_parents_and_duplicates() -> None:
    records = chain(("a", "b"), ("b", "a"), ("c", "c"), ("d", "nowhere"), ("d", ""), ("e", "a"))
    arranged = arrange(records)
    assert len(arranged.records) == 5
    assert [note.line for note in arranged.notes] == [4, 1, 3]
    assert [problem.line for problem in arranged.problems] == [5]


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh ")), max_size=20))
def test_every_tree_becomes_one(pairs: list[tuple[str, str]]) -> None:
    arranged = arrange(chain(*((key, up.strip()) for key, up in pairs)))
    depths: dict[str, int] = {}
    for record in arranged.records:
        depths[record.key] = depths[record.parent_key] + 1 if record.parent_key else 0
        assert depths[record.key] <= 4
    assert len(arranged.records) + len(arranged.problems) == len(pairs)
