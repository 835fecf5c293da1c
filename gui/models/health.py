"""How trustworthy the picture is: states and ages of the ways to the exchange, as tones and words.

A figure is never shown as live when it is not: after 3 s without a word a price is amber, after 10 s stale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from core.errors import AuthFailed
from gui import error_words, event_words, text, words
from gui.text import translate

if TYPE_CHECKING:
    from core.model import Hold, Link, Snapshot

# Longest silence of each way before it is suspicious, and before it is taken for dead, in seconds. REST is polled every
# 5 s, the private stream answers pings every 10 s, tickers push several times a second.
_SILENCE: Final = {"rest": (10.0, 20.0), "private": (15.0, 30.0), "tickers": (3.0, 10.0)}
_ALERTS_SHOWN: Final = 3
_OPEN: Final = frozenset({"live", "idle"})
# What is held back, and why (core.model.Hold).
_HELD: Final = {
    "all": QT_TRANSLATE_NOOP("Health", "All requests"),
    "private_read": QT_TRANSLATE_NOOP("Health", "Reads of the account"),
    "public_read": QT_TRANSLATE_NOOP("Health", "Reads of the market"),
    "write": QT_TRANSLATE_NOOP("Health", "Orders and stops"),
}
_REASONS: Final = {
    "ip_banned": QT_TRANSLATE_NOOP("Health", "Bybit has banned this internet address for too many requests."),
    "region_blocked": QT_TRANSLATE_NOOP("Health", "Bybit does not answer to this region."),
    "breaker_open": QT_TRANSLATE_NOOP("Health", "They only fail; one is tried again then."),
}


class Health(NamedTuple):
    """One judgement: a tone of the theme, what it says, and more of it below."""

    tone: str
    words: str
    below: str = ""


def link_age(link: Link, now_mono: float) -> float | None:
    """Seconds since the link was last heard, None if never."""
    return now_mono - link.last_mono if link.last_mono else None


def of_link(link: Link, now_mono: float) -> Health:
    """State and age of one way to the exchange."""
    name, age = words.link_name(link.name), link_age(link, now_mono)
    if link.state == "connecting":
        return Health("muted", translate("Health", "{name} connecting").format(name=name))
    if link.state == "refused":
        return Health("down", translate("Health", "{name} refused").format(name=name))
    if link.state not in _OPEN:
        return Health("down", translate("Health", "{name} lost {age}").format(name=name, age=text.age(age)))
    suspicious, dead = _SILENCE.get(link.name, (10.0, 20.0))
    if link.state == "live" and age is not None and age >= suspicious:
        tone = "down" if age >= dead else "warning"
        return Health(tone, translate("Health", "{name} silent {age}").format(name=name, age=text.age(age)))
    return Health("up", name)


def details(link: Link, now_mono: float) -> str:
    """State, age and delay of one way to the exchange in a sentence: what its dot stands for."""
    judged, age = of_link(link, now_mono), link_age(link, now_mono)
    heard = (
        translate("Health", "never heard of")
        if age is None
        else translate("Health", "last heard {age} ago").format(age=whole_age(age))
    )
    state = translate("Health", "idle: nothing to follow") if link.state == "idle" else heard
    parts = [judged.words, state]
    if link.latency_ms is not None:
        parts.append(translate("Health", "answers after {n} ms").format(n=link.latency_ms))
    return " · ".join(parts)


def of_hold(hold: Hold, now_mono: float) -> Health:
    """Requests that are held back: which, until when, and why."""
    what = translate("Health", _HELD.get(hold.name, _HELD["all"]))
    left = whole_age(max(0.0, hold.until_mono - now_mono))
    why = translate("Health", _REASONS[hold.reason]) if hold.reason in _REASONS else hold.reason
    return Health("warning", translate("Health", "{what} wait {time}").format(what=what, time=left), why)


def of_snapshot(snapshot: Snapshot | None, now_mono: float) -> Health:
    """The judgement over everything, for the top bar."""
    if snapshot is None:
        return Health("muted", translate("Health", "Connecting…"))
    links = snapshot.links
    parts = [of_link(link, now_mono) for link in (links.rest, links.private, links.tickers)]
    states = {links.rest.state, links.private.state, links.tickers.state}
    below = translate("Health", "never reconciled")
    if links.reconciled_mono is not None:
        below = translate("Health", "reconciled {age} ago").format(age=whole_age(now_mono - links.reconciled_mono))
    if "refused" in states:
        return Health("down", translate("Health", "Key refused"), below)
    if "lost" in states:
        return Health("down", translate("Health", "Connection lost"), below)
    if "connecting" in states or links.reconciled_mono is None:
        return Health("muted", translate("Health", "Connecting…"), below)
    worst = max(parts, key=lambda part: ("up", "muted", "warning", "down").index(part.tone))
    if worst.tone != "up":
        return Health(worst.tone, translate("Health", "Stale"), worst.words)
    latency = links.rest.latency_ms if links.private.latency_ms is None else links.private.latency_ms
    live = translate("Health", "Live")
    return Health("up", live if latency is None else f"{live} · {latency} ms", below)


def banner(snapshot: Snapshot | None, now_mono: float) -> str:
    """What to say above the table: its numbers are not live, nothing may be sent, or a watch is going off."""
    if snapshot is None:
        return ""
    parts = [_link_banner(snapshot, now_mono), _key_banner(snapshot)]
    if snapshot.is_resuming:
        parts.append(translate("Health", "A command of an earlier run has no verdict yet; nothing new can be sent."))
    parts += [event_words.alert(watch) for watch in snapshot.alerts[:_ALERTS_SHOWN]]
    if len(snapshot.alerts) > _ALERTS_SHOWN:
        more = translate("Health", "and {n} more alerts").format(n=len(snapshot.alerts) - _ALERTS_SHOWN)
        parts.append(more)
    return "  ·  ".join(part for part in parts if part)


def _key_banner(snapshot: Snapshot) -> str:
    """From 14 days before the key ends: what happens when, and the way out. It stands until there is another key."""
    if snapshot.key_expires_ms is None:
        return ""
    from core.key_doctor import expiry_of  # not before the first paint

    found = expiry_of(snapshot.key_expires_ms, snapshot.as_of_ms)
    if found is None:
        return ""
    if not found.days:
        return translate(
            "Health", "The API key ends within a day: make a new one, then menu → Accounts… → Replace key…"
        )
    if found.days == 1:
        return translate("Health", "The API key ends tomorrow: make a new one, then menu → Accounts… → Replace key…")
    return translate(
        "Health", "The API key ends in {n} days: make a new one at Bybit, then menu → Accounts… → Replace key…"
    ).format(n=found.days)


def _link_banner(snapshot: Snapshot, now_mono: float) -> str:
    links = (snapshot.links.private, snapshot.links.tickers, snapshot.links.rest)
    refused = next((link for link in links if link.state == "refused"), None)
    if refused is not None:
        cause = error_words.error(AuthFailed(refused.detail or "auth_failed"))
        return translate("Health", "{cause}. The last numbers are kept and marked as old.").format(cause=cause)
    lost = [link for link in links if link.state == "lost"]
    if not lost:
        return ""
    ages = [age for link in lost if (age := link_age(link, now_mono)) is not None]
    return translate(
        "Health", "No connection to Bybit for {age}. The last numbers are kept and marked as old; connecting again…"
    ).format(age=whole_age(max(ages, default=None)))


def whole_age(seconds: float | None) -> str:
    """An age in whole seconds: for places that change once a second."""
    return text.DASH if seconds is None else text.duration(int(max(0.0, seconds) * 1000))
