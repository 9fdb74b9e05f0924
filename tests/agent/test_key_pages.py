"""Pages by key ranges: nothing is stepped over, and a page costs about a page, however keys lie."""

import random
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.sage100 import com
from sandbox.sage100.dictionary import Record, table
from sandbox.sage100.expressions import compile_filter, compile_text
from tieout_agent.problems import ProblemError
from tieout_agent.sage.columns import Column
from tieout_agent.sage.com_object import Access, ComObject
from tieout_agent.sage.file_keys import START, FileKey, Key, order
from tieout_agent.sage.key_pages import ENOUGH_SECONDS, KeyedFile, read_page
from tieout_agent.sage.ticket import Ticket

TABLE = table("File", "Code Place", "Code$ 8\nPlace$ 3\nFlag$ 1")
CODE, PLACE, FLAG = Column("Code", length=8), Column("Place", length=3), Column("Flag", length=1)
KEY = FileKey((CODE, PLACE))


class ByteOrderedFile:
    """A file of Sage as it may really be: what fills its keys, whether ends are counted in."""

    def __init__(
        self, keys: Iterable[Key], *, pad: str = " ", ends: bool = True, lost: bool = False
    ) -> None:
        self._pad, self._ends, self._lost = pad, ends, lost
        self._at = 0
        self.reads = 0
        self.most = 0
        self.told = 0
        self.seconds = 0.0
        self.cost = 0.0
        self.coming: list[Key] = []
        self.rows: list[tuple[bytes, Record]] = []
        self._add(set(keys))

    def _add(self, keys: Iterable[Key]) -> None:
        new = [{"Code": code, "Place": place, "Flag": "N"} for code, place in keys]
        self.rows += [(self._joined(row), row) for row in new]
        self.rows.sort(key=lambda pair: pair[0])

    def _joined(self, row: Record) -> bytes:
        return (row["Code"].ljust(8, self._pad) + row["Place"].ljust(3, self._pad)).encode("cp1252")

    @property
    def nEOF(self) -> int:  # noqa: N802 - ProvideX's own name
        return int(self._at >= len(self.rows))

    def nMoveFirst(self) -> int:  # noqa: N802
        self._at = 0
        return int(bool(self.rows))

    def nMoveNext(self) -> int:  # noqa: N802
        self._at += 1
        return int(self._at < len(self.rows))

    def nFind(self, key: str) -> int:  # noqa: N802
        if self._lost:
            self._at = len(self.rows)
            return 0
        wanted = key.encode("cp1252")
        self._at = next(
            (place for place, (own, _) in enumerate(self.rows) if own >= wanted), len(self.rows)
        )
        return 0

    def nGetValue(self, column: str, out: Any) -> int:  # noqa: N802
        out.value = self.rows[self._at][1][column.rstrip("$")]
        return 1

    def nGetResultSets(self, *given: Any) -> int:  # noqa: N802
        columns, _, rows, _, where, begin, end = given
        if "Flag$" in columns:  # not the keys alone
            self._add(self.coming)
            self.coming = []
        self.reads += 1
        self.seconds += self.cost
        low, high = begin.encode("cp1252"), end.encode("cp1252")
        meets = compile_filter(where, TABLE) if where else None
        text = compile_text(columns, TABLE)
        chosen = [
            row
            for own, row in self.rows
            if low <= own and (own <= high if self._ends else own < high)
        ]
        kept = [row for row in chosen if meets is None or meets(row)]
        self.most = max(self.most, len(kept))
        self.told += len(kept)
        rows.value = "".join(text(row) + "Š" for row in kept)
        return 1


def opened(raw: ByteOrderedFile, where: str = "") -> KeyedFile:
    source = ComObject(raw, "File_svc", Access(com, Ticket()))
    return KeyedFile(source, KEY, [CODE, PLACE, FLAG], where)


def all_pages(raw: ByteOrderedFile, limit: int, where: str = "") -> list[Key]:
    file = opened(raw, where)
    found: list[Key] = []
    after: Key | None = START
    while after is not None:
        page = read_page(file, after=after, limit=limit, elapsed=lambda: 0.0)
        assert len(page.rows) <= limit
        found += [KEY.of(row) for row in page.rows]
        # As a caller hands it back.
        after = None if page.next is None else KEY.split(KEY.join(page.next))
    return found


def keys_of(raw: ByteOrderedFile) -> list[Key]:
    return [(row["Code"], row["Place"]) for _, row in raw.rows]


codes = st.text(st.sampled_from("AB09-/ zÄÿŠ~"), min_size=1, max_size=8).map(str.rstrip)
places = st.sampled_from(["", "0", "000", "001", "Z"])


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    keys=st.sets(st.tuples(codes.filter(bool), places), max_size=60),
    limit=st.integers(1, 9),
    pad=st.sampled_from([" ", "\0"]),
    ends=st.booleans(),
    lost=st.booleans(),
)
def test_pages_are_the_whole_file_whatever_its_keys_are_filled_with(
    keys: set[Key], limit: int, *, pad: str, ends: bool, lost: bool
) -> None:
    raw = ByteOrderedFile(keys, pad=pad, ends=ends, lost=lost)

    found = all_pages(raw, limit)

    assert found == sorted(found, key=order)
    assert sorted(found) == sorted(keys_of(raw))


def sku_families() -> list[Key]:
    families = [f"{one}{two}" for one in ("TNT", "BAG", "DAY", "JKT") for two in "ABCD"]
    return [(f"{name}{n:03d}", w) for name in families for n in range(60) for w in ("000", "001")]


def counted_up() -> list[Key]:
    return [(f"{number:06d}", "000") for number in range(100_000, 103_000)]


def thin_then_dense() -> list[Key]:
    thin = [(f"A{number * 37:06d}", "000") for number in range(300)]
    return thin + [(f"Z{number:07d}", "000") for number in range(3_000)]


def scattered() -> list[Key]:
    luck = random.Random(1)
    return [("".join(luck.choices("ABCDEFGHJKLMNP0123456789", k=8)), "000") for _ in range(3_000)]


@pytest.mark.parametrize("keys", [sku_families(), counted_up(), thin_then_dense(), scattered()])
@pytest.mark.parametrize("limit", [50, 500])
def test_a_page_costs_a_few_reads_and_not_the_whole_file(keys: list[Key], limit: int) -> None:
    raw = ByteOrderedFile(keys)

    found = all_pages(raw, limit)

    pages = -(-len(found) // limit)
    assert len(found) == len(keys_of(raw))
    assert raw.reads <= 13 * pages + 20
    # Keys and rows are one reading each; more is what stretches were too wide.
    assert raw.told <= 5 * len(found)


def test_a_condition_that_few_meet_does_not_need_many_reads() -> None:
    raw = ByteOrderedFile(counted_up())
    for _, row in raw.rows[2_990:]:
        row["Flag"] = "Y"

    found = all_pages(raw, 500, where='Flag$="Y"')

    assert [code for code, _ in found] == [f"{number}" for number in range(102_990, 103_000)]
    assert raw.reads <= 25


def test_a_slow_file_ends_a_page_early_and_nothing_is_lost() -> None:
    raw = ByteOrderedFile(counted_up()[:400])
    raw.cost = ENOUGH_SECONDS / 2
    file = opened(raw, where='Flag$="N"')
    found: list[Key] = []
    after: Key | None = START
    pages = 0
    while after is not None:
        began = raw.seconds
        page = read_page(
            file, after=after, limit=300, elapsed=lambda began=began: raw.seconds - began
        )
        found += [KEY.of(row) for row in page.rows]
        after = page.next
        pages += 1

    assert found == keys_of(raw)
    assert pages > 2


def test_a_page_whose_time_is_up_before_it_begins_still_gets_somewhere() -> None:
    raw = ByteOrderedFile(counted_up()[:400])
    found: list[Key] = []
    after: Key | None = START
    while after is not None:
        page = read_page(opened(raw), after=after, limit=300, elapsed=lambda: ENOUGH_SECONDS + 1)
        assert page.next is None or page.next > after
        found += [KEY.of(row) for row in page.rows]
        after = page.next

    assert found == keys_of(raw)


def test_a_key_that_is_gone_is_as_good_to_begin_after_as_any() -> None:
    raw = ByteOrderedFile([("A", "000"), ("C", "000")])

    page = read_page(opened(raw), after=("B", "999"), limit=5, elapsed=lambda: 0.0)

    assert [row["Code"] for row in page.rows] == ["C"]
    assert page.next is None


def test_records_that_came_meanwhile_do_not_make_a_page_too_long() -> None:
    raw = ByteOrderedFile([(f"A{number}", "000") for number in range(0, 10, 2)])
    raw.coming = [(f"A{number}", "000") for number in range(1, 10, 2)]

    page = read_page(opened(raw), after=START, limit=3, elapsed=lambda: 0.0)

    assert [row["Code"] for row in page.rows] == ["A0", "A1", "A2"]
    assert page.next == ("A2", "000")


def test_a_file_whose_records_are_not_found_by_their_keys_is_refused() -> None:
    raw = ByteOrderedFile([("A", "000"), ("B", "000")], pad="_")

    with pytest.raises(ProblemError) as refusal:
        read_page(opened(raw), after=START, limit=5, elapsed=lambda: 0.0)

    assert refusal.value.problem.status == 503
