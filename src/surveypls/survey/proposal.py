"""Everything that is guessed of a survey, what of it the user has to confirm, and what was left out and why."""

from __future__ import annotations

from dataclasses import dataclass

from surveypls.survey.answers import SHOWN, spreadsheet_date
from surveypls.survey.columns import (
    answer_counts,
    consent_by_heading,
    other_columns,
    personal_columns,
    previews,
    special_columns,
)
from surveypls.survey.files import TextTable
from surveypls.survey.naming import Item, named_items, read_headings
from surveypls.survey.scale_found import FoundScale
from surveypls.survey.scale_guess import guess_scales
from tabletext.said import Said


@dataclass(frozen=True, slots=True)
class Guess:
    """Everything that was guessed of a table."""

    table: TextTable
    special: dict[str, int]
    scales: list[FoundScale]
    items: list[Item]
    columns: tuple[int, ...]
    left_out: dict[int, str]
    exclude: dict[int, list[str]]

    @classmethod
    def of(cls, table: TextTable) -> Guess:
        """Guess."""
        stems = [h.construct for h in read_headings(table.header)]
        special = special_columns(table)
        left = other_columns(table, stems, special.values())
        skip = frozenset(left) | frozenset(special.values())
        scales, others = guess_scales(table.rows, stems, table.header, skip, table.missing)
        columns = tuple(sorted(j for s in scales for j in s.columns))
        items = named_items(table.header, table.titles, columns)
        exclude = {j: sorted(counts) for j, counts in previews(table, columns).items()}
        return cls(table, special, scales, items, columns, left | others, exclude)

    @property
    def blocks(self) -> dict[str, list[str]]:
        """Construct → its items."""
        blocks: dict[str, list[str]] = {}
        for item in self.items:
            blocks.setdefault(item.construct, []).append(item.name)
        return blocks

    def own_scales(self) -> dict[str, FoundScale]:
        """Construct or item → its scale, where it is not the first one."""
        by_name = {
            i.name: s
            for i, j in zip(self.items, self.columns, strict=True)
            for s in self.scales
            if j in s.columns
        }
        found: dict[str, FoundScale] = {}
        for construct, block in self.blocks.items():
            used = {id(by_name[name]) for name in block}
            for name in block:
                if by_name[name] is not self.scales[0]:
                    found[construct if len(used) == 1 else name] = by_name[name]
        return found


def unsure(guess: Guess) -> list[str]:
    """List what the user has to confirm: constructs, paths, scales, words taken for no answer, rows left out."""
    table, blocks = guess.table, guess.blocks
    lines: list[str] = [
        Said(
            "constructs and their items: {blocks}; rename or divide them",
            blocks=", ".join(f"{c} ({len(b)})" for c, b in blocks.items()),
        )
    ]
    if len(blocks) == 1:
        lines.append(Said("paths: only one construct was found; divide its items, then write the paths"))
    else:
        lines.append(
            Said("paths and hypotheses: every construct leads to the last one until you say otherwise")
        )
    own = guess.own_scales()
    for scale in guess.scales:
        names = [n for n, s in own.items() if s is scale]
        where = f"scales.{', '.join(names)}" if names else "scale"
        if names:
            lines.append(Said("{where} is another scale: {scale}", where=where, scale=", ".join(scale.scale)))
        lines += [Said("{where}: {question}", where=where, question=q) for q in scale.questions]
    words = {t: n for s in guess.scales for t, n in s.missing.items()}
    if words:
        lines.append(
            Said(
                "words taken for no answer: {words}; is each of them no answer?",
                words=", ".join(f"{t[:40]!r} ×{n}" for t, n in words.items()),
            )
        )
    lines += [
        Said(
            "column {heading}: {n} rows are previews or tests ({answers}); they are left out by survey.exclude",
            heading=repr(table.header[j]),
            n=sum(answer_counts(table, j)[a] for a in answers),
            answers=", ".join(map(repr, answers)),
        )
        for j, answers in guess.exclude.items()
    ]
    if "consent" not in guess.special:
        for j in consent_by_heading(table, [*guess.columns, *guess.special.values()]):
            lines.append(
                Said(
                    "column {heading} looks like a question of consent, but none of its answers is a known yes "
                    "({shown}); if it is, name it under survey.consent",
                    heading=repr(table.header[j]),
                    shown=", ".join(repr(a[:40]) for a in answer_counts(table, j)),
                )
            )
    personal = personal_columns(table, guess.columns)
    if personal:
        lines.append(
            Said(
                "personal data? delete before sharing: {columns}", columns=", ".join(map(repr, personal[:5]))
            )
        )
    if "respondent" not in guess.special:
        lines.append(Said("no column of ids was found; respondents are called by their row"))
    lines.append(Said("items that ask the opposite of their construct: list them under reversed_items"))
    return lines


def left_out(guess: Guess) -> list[str]:
    """List columns, rows and cells that the study file does not use, each with its reason."""
    table = guess.table
    reasons: dict[str, list[int]] = {}
    for j, why in sorted(guess.left_out.items()):
        reasons.setdefault(why, []).append(j)
    lines: list[str] = [
        Said(
            "column {columns}: {why}" if len(places) == 1 else "columns {columns}: {why}",
            columns=", ".join(repr(table.header[j][:60]) for j in places),
            why=why,
        )
        for why, places in reasons.items()
    ]
    lines += [Said("row {row}: {why}", row=left.row, why=left.why) for left in table.left_out]
    if table.sheet:
        lines.append(Said("every sheet of the workbook but {sheet}, which was read", sheet=repr(table.sheet)))
    stray: dict[str, list[tuple[int, int]]] = {}
    for scale in guess.scales:
        for text, i, j in scale.stray:
            stray.setdefault(text, []).append((i, j))
    for text, places in stray.items():
        cells: list[str] = [
            Said("{item} row {row}", item=table.header[j][:30], row=table.row_numbers[i])
            for i, j in places[:SHOWN]
        ]
        date = spreadsheet_date(text)
        lines.append(
            Said(
                "{text} ×{n}, on no scale ({cells}), counts as missing{date}",
                text=repr(text[:40]),
                n=len(places),
                cells=[*cells, "…"] if len(places) > SHOWN else cells,
                date=Said(": a spreadsheet made a date of {answer}", answer=repr(date)) if date else "",
            )
        )
    return lines
