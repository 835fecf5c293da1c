"""Faults that spoil the content of an answer or of a stream message: one function per fault, on plain JSON values.

A function gets the armed fault and the document (a REST envelope or a stream frame) and changes the document, or
returns the text to send in its place. It may change what it is given: callers pass copies.
"""

from collections.abc import Callable, Iterator
from typing import Any

from core.paper.faults import Armed
from core.paper.messages import RawJson, encode

Document = dict[str, Any]
Spoil = Callable[[Armed, Document], str | None]
MEGABYTE = 1_000_000


def rows_of(document: Document) -> list[Document]:
    """The rows of a REST answer (``result.list``, or ``result`` itself) or of a frame (``data``)."""
    holder = document.get("result") if "retCode" in document else document.get("data")
    if isinstance(holder, dict):
        holder = holder.get("list", holder.get("rows", [holder]))
    if not isinstance(holder, list):
        return []
    return [row for row in holder if isinstance(row, dict)]


def _chosen(armed: Armed, document: Document) -> Iterator[tuple[Document, str]]:
    """The (holder, name) pairs of the field that the fault's arguments name."""
    *path, name = str(armed.args["field"]).split(".")
    found = [row for row in rows_of(document) if armed.args["symbol"] in ("", row.get("symbol"))]
    wanted = {"first": found[:1], "last": found[-1:]}.get(armed.args["rows"], found)
    for row in wanted:
        for holder in _walk(row, path):
            yield holder, name


def _walk(row: Document, path: list[str]) -> Iterator[Document]:
    if not path:
        yield row
        return
    inner = row.get(path[0])
    for one in inner if isinstance(inner, list) else [inner]:
        if isinstance(one, dict):
            yield from _walk(one, path[1:])


def _set_field(armed: Armed, document: Document) -> None:
    for holder, name in _chosen(armed, document):
        holder[name] = armed.args["value"]


def _bad_number(armed: Armed, document: Document) -> None:
    for holder, name in _chosen(armed, document):
        holder[name] = RawJson(armed.args["json"])


def _duplicate_key(armed: Armed, document: Document) -> None:
    second = encode(str(armed.args["value"]))
    for holder, name in _chosen(armed, document):
        holder[name] = RawJson(f"{encode(holder.get(name))},{encode(name)}:{second}")


def _missing_field(armed: Armed, document: Document) -> None:
    for holder, name in _chosen(armed, document):
        holder.pop(name, None)


def _unknown_field(armed: Armed, document: Document) -> None:
    for row in rows_of(document):
        row[armed.args["name"]] = armed.args["value"]


def _shape(armed: Armed, document: Document) -> None:
    raw = RawJson(armed.args["json"])
    if "retCode" not in document:
        document["data"] = raw
    elif armed.args["where"] == "result" or not isinstance(document.get("result"), dict):
        document["result"] = raw
    else:
        document["result"]["list"] = raw


def _cut_json(armed: Armed, document: Document) -> str:
    text = encode(document)
    return text[: len(text) // 2]


def _deep_json(armed: Armed, document: Document) -> str:
    depth = int(armed.args["depth"])
    return "[" * depth + "]" * depth


def _huge(armed: Armed, document: Document) -> None:
    document["padding"] = "x" * (int(armed.args["megabytes"]) * MEGABYTE)


def _seq_reset(armed: Armed, document: Document) -> None:
    for row in rows_of(document):
        if isinstance(row.get("seq"), int):
            row["seq"] = max(1, row["seq"] - int(armed.args["subtract"]))


SPOILERS: dict[str, Spoil] = {
    "set_field": _set_field,
    "bad_number": _bad_number,
    "bad_text": _set_field,
    "unknown_enum": _set_field,
    "unknown_field": _unknown_field,
    "duplicate_key": _duplicate_key,
    "missing_field": _missing_field,
    "shape": _shape,
    "cut_json": _cut_json,
    "deep_json": _deep_json,
    "huge": _huge,
    "seq_reset": _seq_reset,
}
