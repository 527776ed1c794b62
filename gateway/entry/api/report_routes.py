"""The calls for registers and reports, as a table: each as JSON, and drawn."""

from pydantic import BaseModel

from gateway.entry.api import registers, shapes_reports
from gateway.entry.api.admin import reports
from gateway.entry.api.inputs_reports import AgencyRegisterQuery, RegisterQuery, RegistersQuery, ReportQuery
from gateway.entry.api.route import BASE, OCTETS, TEXT, Handler, Route

_Answers = dict[int, type[BaseModel] | str]
_DRAWN: _Answers = {200: OCTETS, 206: OCTETS, 304: TEXT, 416: TEXT}


def _report(name: str, handler: Handler, vi: str, en: str, shape: type[BaseModel], query: type[BaseModel]) -> tuple[Route, ...]:
    forms: tuple[tuple[str, str, _Answers], ...] = (
        (".json", "JSON", {200: shape}),
        (".{format:xlsx|pdf}", "Excel, PDF", _DRAWN),
    )
    return tuple(
        Route(
            method="GET",
            path=f"{BASE}/admin/reports/{name}{form}",
            handler=handler,
            vi=f"{vi} ({named})",
            en=f"{en} ({named})",
            query=query,
            answers=answers,
            refusals=(400, 404),
            operators=True,
        )
        for form, named, answers in forms
    )


REPORT_ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=f"{BASE}/registers",
        handler=registers.listing,
        vi="Sổ văn bản đi, sổ văn bản đến",
        en="The caller's registers",
        query=RegistersQuery,
        answers={200: shapes_reports.RegisterPage},
        refusals=(400, 404),
    ),
    Route(
        method="GET",
        path=f"{BASE}/registers.{{format:xlsx|pdf}}",
        handler=registers.drawn,
        vi="Sổ văn bản, Excel hoặc PDF",
        en="A register, drawn",
        query=RegisterQuery,
        answers=_DRAWN,
        refusals=(400, 404),
    ),
    *_report(
        "registers",
        reports.registers,
        "Sổ văn bản của một cơ quan",
        "A register of an agency",
        shapes_reports.WholeRegister,
        AgencyRegisterQuery,
    ),
    *_report(
        "ontime",
        reports.ontime,
        "Kết quả thực hiện thời hạn trong tháng",
        "How the deadlines of a month were kept",
        shapes_reports.OntimeShape,
        ReportQuery,
    ),
    *_report("overdue", reports.overdue, "Việc đang quá hạn", "What is overdue now", shapes_reports.OverdueShape, ReportQuery),
)
