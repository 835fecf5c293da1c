"""What one table cell says, before anyone decides where its pixels go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from decimal import Decimal

    from core.clock import Clock
    from core.model import PositionKey, Snapshot


class Chip(NamedTuple):
    """A word in a small box. ``is_filled`` tints the box; otherwise only its frame has the tone."""

    text: str
    tone: str
    is_filled: bool = False


class Cell(NamedTuple):
    """Up to two lines; tones are colour names of the theme.

    The first line holds ``text``, then ``chips``, or a ``bar`` (share 0–1 that is filled). ``is_strong`` makes the
    first line semibold; ``is_even`` writes the second line as large as the first. ``button`` is the word on a button
    that fills the cell; such a cell has nothing else. ``is_faint`` pales everything: the row is on its way out.
    ``keeps_below``: rows of one line, which drop the second one, must not drop this one. ``spills``: the second line
    may run on over the cells to the right, which leave theirs empty.
    """

    text: str = ""
    tone: str = "text"
    below: str = ""
    below_tone: str = "muted"
    chips: tuple[Chip, ...] = ()
    bar: float | None = None
    button: str = ""
    is_strong: bool = False
    is_even: bool = False
    is_faint: bool = False
    keeps_below: bool = False
    spills: bool = False

    def words(self) -> tuple[str, str]:
        """Both lines as plain text, for the clipboard, screen readers and tests."""
        first = " ".join(part for part in (self.text, *(chip.text for chip in self.chips), self.button) if part)
        return first, self.below


EMPTY = Cell()


class Facts:
    """What cells may look up beyond their own record: the newest snapshot and the clock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.snapshot: Snapshot | None = None

    def tick(self, key: PositionKey) -> Decimal | None:
        """The price increment of a contract, None while instruments are not known."""
        instrument = self.snapshot.instruments.get(key[:2]) if self.snapshot else None
        return instrument.tick if instrument else None

    def step(self, key: PositionKey) -> Decimal | None:
        """The quantity increment of a contract, None while instruments are not known."""
        instrument = self.snapshot.instruments.get(key[:2]) if self.snapshot else None
        return instrument.step if instrument else None


class Rank(NamedTuple):
    """A value that rows can be put in order by; None ranks last in both directions.

    ``title``: what it is called, already translated. ``line``: which of the column's titles stands for it; None where
    none does, then the header shows ``title`` while it is in force. ``looks_up``: ``value`` takes the facts as well.
    """

    name: str
    title: str
    value: Callable[..., Any]
    line: int | None = None
    looks_up: bool = False


class Column(NamedTuple):
    """One column of a table of records.

    ``titles``: what each of the (one or two) lines of the header says, already translated. ``sort_key`` returns the
    record's own value (None sorts last in both directions); without it and ``more_ranks`` the column cannot be sorted.
    ``widest`` is the
    longest plausible text of both lines, from which the width is set once. ``stretch`` is its part of spare room.
    ``is_timed``: the text changes with the clock. ``is_phased``: it changes with the record's phase (how fresh it is,
    what is being done with it). ``flashes``: a change is shown for a moment; of the first line only without
    ``flashes_below``, because the second one follows the mark. ``search`` returns
    the record's text that the filter looks at; ``line_keys`` the values of both lines, for its comparisons. ``total``
    adds up the records shown, for the row below the table. ``sort_line``: the title that ``sort_key`` belongs to;
    ``more_ranks``: what else rows can be ranked by, beside both lines. ``detail``: the cell of what a row unfolds into.
    ``gives_way``: where there is no room for every column those above 0 are left out, the highest first.
    """

    name: str
    titles: tuple[str, ...]
    cell: Callable[[Any, Facts], Cell]
    sort_key: Callable[[Any], Any] | None = None
    tooltip: Callable[[Any, Facts], str] | None = None
    widest: str = ""
    is_right: bool = True
    stretch: int = 0
    is_timed: bool = False
    is_phased: bool = False
    flashes: bool = False
    flashes_below: bool = True
    search: Callable[[Any], str] | None = None
    starts_hidden: bool = False
    line_keys: tuple[Callable[[Any], Any], ...] = ()
    total: Callable[[Sequence[Any]], Cell] | None = None
    sort_line: int = 0
    more_ranks: tuple[Rank, ...] = ()
    detail: Callable[[Any, Facts], Cell] | None = None
    gives_way: int = 0

    def ranks(self) -> tuple[Rank, ...]:
        """All that its rows can be ranked by: ``sort_key`` first, then the other line, then the rest."""
        if self.sort_key is None:
            return self.more_ranks
        taken = {self.sort_line, *(rank.line for rank in self.more_ranks)}
        lines = [
            Rank(f"line{line}", title, self.line_keys[line], line)
            for line, title in enumerate(self.titles[: len(self.line_keys)])
            if line not in taken
        ]
        usual = Rank(f"line{self.sort_line}", self.titles[self.sort_line], self.sort_key, self.sort_line)
        return (usual, *lines, *self.more_ranks)

    @property
    def is_pinned(self) -> bool:
        """A column without a title holds buttons; it never scrolls out of reach."""
        return not any(self.titles)
