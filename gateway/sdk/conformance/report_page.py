"""The report as a page: one file that needs nothing else, to be sent, printed and kept."""

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Final

from gateway.core.model import VIETNAM
from gateway.sdk.conformance.field_names import NAMES
from gateway.sdk.conformance.report import CLAIMS, GROUPS, OWN, Checked, Loss, Report, Verdict

STYLE: Final = Path(__file__).with_name("report_page.css")
VERDICTS: Final = {Verdict.PASSED: "Đạt", Verdict.FAILED: "Hỏng", Verdict.SKIPPED: "Bỏ qua"}
CLAIMED: Final = {
    "push": "gửi đến",
    "collect": "lấy về",
    "statuses": "báo trạng thái",
    "recall": "thu hồi",
    "separate": "tệp ngoài phong bì",
}
FATES: Final = {"dropped": ("mất", "dropped"), "changed": ("đổi", "changed"), "invented": ("thêm", "invented")}


def page(report: Report) -> str:
    """Write the page."""
    name = escape(report.manifest.name)
    parts = (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{name} – kết quả thử bộ nối</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{STYLE.read_text('utf-8')}</style></head><body>",
        '<header class="top">Liên thông – Kết quả thử bộ nối</header><main>',
        _head(report),
        _tiles(report),
        *_failures(report.of(Verdict.FAILED)),
        *(_loss(kind, loss) for kind, loss in report.losses.items()),
        '<div class="groups">',
        *(_group(group, checks) for group, checks in report.groups()),
        "</div>",
        f"<footer>{escape(report.target)} · hợp đồng bộ nối phiên bản {report.manifest.contract} · "
        f"{_moment(report)} <span class=en>· contract version {report.manifest.contract}</span></footer>",
        "</main></body></html>\n",
    )
    return "\n".join(parts)


def _head(report: Report) -> str:
    manifest = report.manifest
    claims = [CLAIMED[claim] for claim in CLAIMS if getattr(manifest, claim)]
    if manifest.max_size is not None:
        claims.append(f"đến {manifest.max_size / 1_000_000:.0f} MB")
    chips = "".join(f'<span class="chip">{each}</span>' for each in claims)
    verdict = ("failed", "KHÔNG ĐẠT", "FAILED")
    if report.passed:
        verdict = ("partial", "THỬ MỘT PHẦN", "ONLY PARTLY TRIED") if report.partial else ("passed", "ĐẠT", "PASSED")
    return (
        f'<div class="head"><div><h1>{escape(manifest.name)} <span class="soft">{escape(manifest.version)}</span></h1>'
        f'{escape(manifest.description.vi)}<div class="en">{escape(manifest.description.en)}</div>'
        f'<div class="chips">{chips}</div></div>'
        f'<div class="verdict {verdict[0]}">{verdict[1]}<small>{verdict[2]}</small></div></div>'
    )


def _tiles(report: Report) -> str:
    figures = (
        ("Đạt", "passed", str(report.count(Verdict.PASSED))),
        ("Hỏng", "failed", str(report.count(Verdict.FAILED))),
        ("Bỏ qua", "skipped", str(report.count(Verdict.SKIPPED))),
        ("Thời gian", "seconds", f"{report.seconds:.1f} giây".replace(".", ",")),
    )
    tiles = (f'<div class="tile">{vi} <span class="en">{en}</span><b>{figure}</b></div>' for vi, en, figure in figures)
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _failures(checks: tuple[Checked, ...]) -> Iterator[str]:
    if not checks:
        return
    rows = map(_failure, _repetitions(checks))
    heading = f'Cần sửa ({len(checks)}) <span class="en">To be mended</span>'
    yield f'<section class="alarm"><h2>{heading}</h2><table>{"".join(rows)}</table></section>'


def _failure(checks: tuple[Checked, ...]) -> str:
    words = "".join(f"<pre>{escape(each)}</pre>" for each in dict.fromkeys(each.words for each in checks))
    return f"<tr><td>{_title(checks[0], checks)}{words}</td></tr>"


def _group(group: str, checks: tuple[Checked, ...]) -> str:
    """Show a part: a row for each check, with what it was repeated for; an adapter's own tests may be hundreds."""
    vi, en = GROUPS[group]
    rows = f"<table>{''.join(map(_row, _repetitions(checks)))}</table>"
    if group == OWN:
        passed = sum(each.verdict is Verdict.PASSED for each in checks)
        rows = f"<details><summary>{passed} trên {len(checks)} đạt · passed</summary>{rows}</details>"
    return f'<section><h2>{vi} <span class="en">{en}</span></h2>{rows}</section>'


def _repetitions(checks: tuple[Checked, ...]) -> Iterable[tuple[Checked, ...]]:
    """Gather the repetitions of a check."""
    gathered: dict[str, list[Checked]] = {}
    for each in checks:
        gathered.setdefault(each.en, []).append(each)
    return map(tuple, gathered.values())


def _row(checks: tuple[Checked, ...]) -> str:
    verdicts = {each.verdict for each in checks}
    worst = next(each for each in (Verdict.FAILED, Verdict.PASSED, Verdict.SKIPPED) if each in verdicts)
    reasons = dict.fromkeys(escape(each.words) for each in checks if each.verdict is Verdict.SKIPPED)
    why = f'<div class="why">{"<br>".join(reasons)}</div>' if reasons else ""
    seconds = f"{sum(each.seconds for each in checks):.1f} s".replace(".", ",")
    return (
        f'<tr><td class="sign"><span class="chip {worst}">{VERDICTS[worst]}</span></td>'
        f'<td>{_title(checks[0], checks)}{why}</td><td class="figure">{seconds}</td></tr>'
    )


def _title(check: Checked, repeated: tuple[Checked, ...]) -> str:
    cases = "".join(f' <span class="case {each.verdict}">{escape(each.case)}</span>' for each in repeated if each.case)
    english = f'<div class="en">{escape(check.en)}</div>' if check.en != check.vi else ""
    return f"{escape(check.vi)}{cases}{english}"


def _loss(kind: str, loss: Loss) -> str:
    fates = {"dropped": loss.dropped, "changed": loss.changed, "invented": loss.invented}
    lists = "".join(_fate(fate, paths, loss) for fate, paths in fates.items() if paths)
    count = len(loss.kept) + len(loss.dropped) + len(loss.changed)
    shares = (("kept", loss.kept), ("changed", loss.changed), ("dropped", loss.dropped))
    bar = "".join(f'<i class="{fate}" style="width:{100 * len(paths) / max(count, 1):.2f}%"></i>' for fate, paths in shares)
    named = f' <span class="chip">{escape(kind)}</span>' if kind else ""
    return (
        f'<section><h2>Trường edXML qua bộ nối{named} <span class="en">What becomes of the fields of edXML</span></h2>'
        f'<div class="bar">{bar}</div><div class="legend">Giữ nguyên {len(loss.kept)} trên {count} trường'
        f'{"" if lists else ": không mất gì"}. <span class="en">{len(loss.kept)} of {count} fields are kept.</span></div>'
        f"{lists}</section>"
    )


def _fate(fate: str, paths: tuple[str, ...], loss: Loss) -> str:
    vi, en = FATES[fate]
    items = "".join(_field(path, loss) for path in paths)
    return f'<div class="fate"><span class="chip {fate}">{vi} · {en}: {len(paths)}</span><ul>{items}</ul></div>'


def _field(path: str, loss: Loss) -> str:
    why = f'<div class="why">{escape(loss.declared[path])}</div>' if path in loss.declared else ""
    return f"<li>{escape(NAMES.get(path, ''))} <code>{escape(path)}</code>{why}</li>"


def _moment(report: Report) -> str:
    return f"{report.at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
