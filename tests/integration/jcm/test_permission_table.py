"""Who may do what, as one table: every address, every method, every kind of person.

An address without a row fails `test_every_address_is_in_the_table`. What is hidden from a person answers 404, what
the person may see but not do 403; nobody in particular is asked to sign in.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.messages import ERROR, get_messages
from django.template import Template
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories.world import World

OK, DONE, REFUSED, HIDDEN, NEVER = 200, "done", 403, 404, 405
UNREADABLE, NO_TOKEN = 400, 401
ELSEWHERE = "elsewhere"  # a redirect that changes nothing
SIGN_IN = "sign in"
REFUSED_IN_WORDS = "refused in words"  # may do it, but not now
Answer = int | str

PARTIES = ("japan", "host")
READERS = ("expert", "government_viewer")
INSIDE = ("japan_secretariat", "host_secretariat", "japan_chair", "host_chair", "host_member")
GROUPS = {
    "inside": INSIDE,
    "readers": READERS,
    "secretariat": ("japan_secretariat", "host_secretariat"),
    "voters": ("japan_chair", "host_chair", "host_member"),
}
ROLES = (
    "anonymous", "participant", "rival", "tpe", "retired_tpe", "former", *INSIDE,
    "japan_proposer", "japan_approver", "host_proposer", "host_approver",
    "vn_participant", "vn_tpe", "vn_secretariat", "vn_chair", "vn_member", "vn_proposer", "vn_approver", "auditor",
    *READERS, "operator",
)  # fmt: skip
FEW = ("anonymous", "rival", "host_chair", "vn_secretariat", "japan_approver")
KEEPERS = ("japan_proposer", "japan_approver", "host_proposer", "host_approver", "vn_proposer", "vn_approver")
PARTICIPANTS = {"participant": OK, "rival": OK, "vn_participant": OK}
# Those who take part in a case, examine it, or serve its committee.
INVOLVED = {"participant": OK, "tpe": OK, "inside": OK}


@dataclass(frozen=True)
class Row:
    """One address with one method: what it answers to each kind of person. `place` names the object."""

    name: str
    method: str
    place: str
    answers: dict[str, Answer]
    data: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.name} {self.place}".strip()


def row(
    line: str, everybody: Answer, answers: dict[str, Answer] | None = None, *, anonymous: Answer = "", **data: str
) -> Row:
    """Return a row from "METHOD name place"; groups and people in `answers` differ from everybody."""
    method, name, *place = line.split(" ", 2)
    table, answers = dict.fromkeys(ROLES, everybody), answers or {}
    for who, answer in answers.items():
        table |= dict.fromkeys(GROUPS.get(who, (who,)), answer)
    if table["host_member"] != everybody and not {"readers", "expert"} & answers.keys():
        # Who advises or watches the committee reads what its members read, and does nothing.
        table |= dict.fromkeys(READERS, table["host_member"] if method == "GET" else REFUSED)
    # The JCM Agency serves in Japan's secretariat of every partnership.
    table["jcm_agency"] = table["japan_secretariat"]
    if anonymous:
        table["anonymous"] = anonymous
    return Row(name, method, " ".join(place), table, tuple(data.items()))


def undeclared() -> dict[str, Answer]:
    """Return that members who have not declared their conflicts of interest open nothing restricted."""
    return {"voters": REFUSED, "readers": REFUSED}


def sample(row: Row) -> Row:
    """Ask one person of each kind where all who are signed in get the same page, or none sends anything."""
    answers = {answer for who, answer in row.answers.items() if who != "anonymous"}
    if len(answers) > 1 or answers & {REFUSED, HIDDEN}:
        return row
    return replace(row, answers={who: row.answers[who] for who in FEW})


def public(line: str, answer: Answer = OK) -> list[Row]:
    """Return the rows of an address that everybody reads and nobody writes."""
    return [row(f"GET {line}", answer), row(f"POST {line}", NEVER)]


def button(line: str, everybody: Answer, answers: dict[str, Answer], **data: str) -> list[Row]:
    """Return the rows of an address that only takes what a button sends."""
    opened = row(f"GET {line}", NEVER, anonymous=SIGN_IN)
    return [opened, row(f"POST {line}", everybody, answers, anonymous=SIGN_IN, **data)]


def form(line: str, everybody: Answer, answers: dict[str, Answer]) -> list[Row]:
    """Return the rows of a form; sent empty, those who may are shown it again."""
    return [row(f"{method} {line}", everybody, answers, anonymous=SIGN_IN) for method in ("GET", "POST")]


def leg(line: str, answers: dict[str, Answer]) -> list[Row]:
    """Return the rows of a button on a leg, which only administrators of its registry see."""
    return button(line, HIDDEN, answers)


def table() -> list[Row]:
    """Return every row."""
    return [*site(), *of_cases(), *of_entities(), *of_ideas(), *of_rules(), *of_methodologies(), *of_projects(),
            *of_reports(), *of_requests(), *of_registries(), *of_accounts(), *of_authorizations(),
            *of_reconciliation(), *of_committees(), *interface(), *accounts()]  # fmt: skip


def site() -> list[Row]:
    """Home, lists, and what has no owner."""
    return [
        *public("home"),
        *public("search"),
        *public("credits-by-year"),
        *public("robots"),
        *public("problems"),
        *public("problem a problem"),
        *(row(f"{method} design", answer) for method, answer in (("GET", OK), ("POST", NEVER))),
        row("GET inbox", OK, anonymous=SIGN_IN),
        row("POST inbox", NEVER, anonymous=SIGN_IN),
        row("GET calendar", OK, anonymous=SIGN_IN),
        row("POST calendar", OK, anonymous=SIGN_IN),
        *button("calendar-renew", DONE, {}),
        *button("calendar-close", DONE, {}),
        row("GET calendar-feed no_calendar", HIDDEN),
        row("POST calendar-feed no_calendar", NEVER),
        row("GET audit", REFUSED, {"auditor": OK}, anonymous=SIGN_IN),
        row("POST audit", NEVER, anonymous=SIGN_IN),
        row("GET audit-changes", REFUSED, {"auditor": OK}, anonymous=SIGN_IN),
        row("POST audit-changes", NEVER, anonymous=SIGN_IN),
        *public("parties:countries"),
        *public("parties:country mongolia"),
        *public("parties:tpes"),
        *public("parties:tpe tpe"),
        *people(),
        row(
            "GET parties:board",
            REFUSED,
            {"inside": OK, "vn_secretariat": OK, "vn_chair": OK, "vn_member": OK},
            anonymous=SIGN_IN,
        ),
        row("POST parties:board", NEVER, anonymous=SIGN_IN),
        *public("parties:stage-times"),
        *public("methodologies:list"),
        *public("projects:list"),
        *public("registry:credits"),
        *public("registry:credit-detail serial"),
        *public("registry:registries"),
        *public("registry:registry registry"),
        *public("registry:report registry file"),
        *public("registry:certificate certificate"),
        *public("registry:certificate-file certificate file"),
        *public("committee:decisions"),
        *public("registry:log"),
        *public("registry:log-checkpoint log"),
        *public("registry:log-checkpoint-at log size"),
        *public("registry:log-key log"),
        *public("registry:log-entries log"),
        *public("registry:log-inclusion-at log index"),
        *public("registry:log-inclusion log leaf"),
        *public("registry:log-consistency log", UNREADABLE),
    ]


def people() -> list[Row]:
    """Roles: each is looked after by those who give it; an invitation by who has its address."""
    grantors = {"secretariat": OK, "participant": OK, "rival": OK, "tpe": OK, "retired_tpe": OK} | dict.fromkeys(
        (*KEEPERS, "vn_participant", "vn_tpe", "vn_secretariat", "operator"), OK
    )
    keepers = {"host_secretariat": DONE}
    return [
        row("GET parties:people", REFUSED, grantors, anonymous=SIGN_IN),
        row("POST parties:people", NEVER, anonymous=SIGN_IN),
        *form("parties:invite", REFUSED, grantors),
        *button(
            "parties:invitation-confirm invited_keeper",
            HIDDEN,
            {"host_approver": DONE, "host_proposer": REFUSED_IN_WORDS},
        ),
        *button("parties:invitation-withdraw invited_member", HIDDEN, keepers),
        *form("parties:role-end role", HIDDEN, {"host_secretariat": OK}),
        row("GET parties:invitation invitation", OK),
        row("POST parties:invitation invitation", OK),
    ]


def of_cases() -> list[Row]:
    """Everybody sees public cases and sends inputs; the secretariat moderates; the rest is for those inside."""
    refused: dict[str, Answer] = {"inside": REFUSED, "participant": REFUSED}
    inside: dict[str, Answer] = {"inside": OK, "participant": OK}
    secretariat: dict[str, Answer] = {"secretariat": DONE}
    reply: dict[str, Answer] = {"participant": DONE, "secretariat": DONE}
    return [
        *public("parties:packs mongolia"),
        *public("parties:pack k pack"),
        *public("parties:holidays i country"),
        row("GET parties:holidays-edit i country", REFUSED, {"host_secretariat": OK}, anonymous=SIGN_IN),
        row("POST parties:holidays-edit i country", REFUSED, {"host_secretariat": DONE}, anonymous=SIGN_IN),
        row("GET parties:pack k draft pack", HIDDEN, {"inside": OK}),
        row("POST parties:pack k draft pack", NEVER),
        *form("parties:pack-edit k draft pack", HIDDEN, {"inside": REFUSED, "secretariat": OK}),
        *form("parties:pack-edit k pack", REFUSED, {}),
        row(
            "GET parties:pack-dry-run k draft pack",
            HIDDEN,
            {"inside": REFUSED, "secretariat": OK},
            anonymous=SIGN_IN,
        ),
        row("POST parties:pack-dry-run k draft pack", NEVER, anonymous=SIGN_IN),
        *button("parties:pack-draft mongolia", REFUSED, {"secretariat": REFUSED_IN_WORDS}),
        *button("parties:pack-propose k draft pack", HIDDEN, {"inside": REFUSED, "secretariat": DONE}),
        *button("parties:pack-take-back k draft pack", HIDDEN, {"inside": REFUSED, "secretariat": REFUSED_IN_WORDS}),
        *button("parties:pack-drop k draft pack", HIDDEN, {"inside": REFUSED, "secretariat": DONE}),
        *public("parties:case k called"),
        row("GET parties:case k private", HIDDEN, inside),
        row("POST parties:case k private", NEVER),
        *public("dossier k called"),
        row("GET dossier k private", HIDDEN, inside),
        *public("dossier-paper k called"),
        row("GET dossier-paper k private", HIDDEN, inside),
        *public("dossier-file k called"),
        row("GET dossier-file k private", HIDDEN, inside),
        row("GET dossier-change k change", HIDDEN, {"inside": OK}),
        row("POST dossier-change k change", NEVER),
        row("GET case-letter k called letter", HIDDEN, inside),
        row("POST case-letter k called letter", NEVER),
        row("GET case-letter k private letter", HIDDEN, inside),
        *public("parties:inputs-csv k called"),
        row("GET parties:inputs-csv k private", HIDDEN, inside),
        *(row(f"{method} parties:input-new k called", OK) for method in ("GET", "POST")),
        *(row(f"{method} parties:input-new k private", HIDDEN) for method in ("GET", "POST")),
        row("GET parties:input-confirm k token", OK),
        row("POST parties:input-confirm k token", HIDDEN),
        *public("parties:input-file k published"),
        row("GET parties:input-file k received", HIDDEN, {"secretariat": OK}),
        row("GET parties:input-file k unconfirmed", HIDDEN),
        *button("parties:case-check k private", HIDDEN, refused | secretariat),
        *button("parties:case-pause k private", HIDDEN, refused | secretariat, reason="An answer is awaited."),
        *button("parties:case-resume k private", HIDDEN, refused | {"secretariat": REFUSED_IN_WORDS}),
        *button("parties:input-publish k received", REFUSED, secretariat),
        *button("parties:input-publish k unconfirmed", REFUSED, {"secretariat": HIDDEN}),
        *button("parties:input-refuse k received", REFUSED, secretariat, reason="It is not about this case."),
        *button("parties:input-reply k published", REFUSED, reply, text="Thank you."),
        *button("parties:input-reply k received", HIDDEN, {}, text="Thank you."),
    ]


def of_methodologies() -> list[Row]:
    """The proponent's people write, the secretariat checks, the committee and designated entities read."""
    own: dict[str, Answer] = {"participant": OK}
    hidden: dict[str, Answer] = {"inside": REFUSED, "tpe": REFUSED}
    return [
        *public("methodologies:detail m version"),
        *public("methodologies:detail m doubted"),
        *form("methodologies:propose", REFUSED, PARTICIPANTS | {"secretariat": OK, "vn_secretariat": OK}),
        *form("methodologies:revise m number", REFUSED, PARTICIPANTS | {"secretariat": OK}),
        row("GET methodologies:case m draft", HIDDEN, own),
        row("GET methodologies:calculator m draft", HIDDEN, own),
        *public("methodologies:calculator m considered"),
        row("GET methodologies:case m submitted", HIDDEN, INVOLVED),
        row("GET methodologies:case m returned", HIDDEN, INVOLVED),
        row("GET methodologies:case m considered", OK),
        row("GET methodologies:case m approved", ELSEWHERE),
        row("POST methodologies:case m considered", NEVER),
        *public("methodologies:document m public sheet"),
        row("GET methodologies:document m restricted sheet", HIDDEN, {"participant": OK, "inside": OK} | undeclared()),
        row("POST methodologies:document m restricted sheet", NEVER),
        *button("methodologies:withdrawal m approved", REFUSED, {"secretariat": DONE}, reason="Why."),
        *button("methodologies:withdrawal-take-back m withdrawal", REFUSED, {"secretariat": DONE}),
        *form("methodologies:edit m draft", HIDDEN, own),
        *form("methodologies:edit m returned", HIDDEN, hidden | own),
        *form("methodologies:edit m considered", REFUSED, {}),
        *button("methodologies:submit m draft", HIDDEN, {"participant": DONE}),
        *button("methodologies:submit m returned", HIDDEN, hidden | {"participant": DONE}),
        *button("methodologies:withdraw m draft", HIDDEN, {"participant": DONE}),
        *button("methodologies:withdraw m submitted", HIDDEN, hidden | {"participant": DONE}),
        *button("methodologies:withdraw m considered", REFUSED, {"participant": DONE}),
        *button("methodologies:accept m draft", HIDDEN, {"participant": REFUSED}),
        *button("methodologies:accept m submitted", HIDDEN, hidden | {"participant": REFUSED, "secretariat": DONE}),
        *button(
            "methodologies:return m submitted",
            HIDDEN,
            hidden | {"participant": REFUSED, "secretariat": DONE},
            reason="Why.",
        ),
    ]


def of_entities() -> list[Row]:
    """The entity's people apply and give up, the secretariat checks and proposes, the committee reads."""
    verifiers = {"tpe": OK, "retired_tpe": OK, "vn_tpe": OK}
    sees: dict[str, Answer] = {"tpe": OK, "inside": OK}
    hidden: dict[str, Answer] = {"tpe": REFUSED, "inside": REFUSED}
    return [
        *form("parties:application-new", REFUSED, verifiers),
        row("GET parties:application a submitted", HIDDEN, sees, anonymous=SIGN_IN),
        row("GET parties:application a returned", HIDDEN, sees, anonymous=SIGN_IN),
        row("POST parties:application a submitted", NEVER, anonymous=SIGN_IN),
        *form("parties:application-edit a submitted", HIDDEN, hidden),
        *form("parties:application-edit a returned", HIDDEN, hidden | {"tpe": OK}),
        *button("parties:application-accept a submitted", HIDDEN, hidden | {"secretariat": DONE}),
        *button("parties:application-return a submitted", HIDDEN, hidden | {"secretariat": DONE}, reason="Why."),
        *button("parties:application-withdraw a submitted", HIDDEN, hidden | {"tpe": DONE}),
        *public("parties:application-document a public file"),
        row("GET parties:application-document a restricted file", HIDDEN, sees | undeclared()),
        row("POST parties:application-document a restricted file", NEVER),
        *form("parties:application-extend tpe", REFUSED, {"tpe": OK}),
        *form("parties:give-up tpe", REFUSED, {"tpe": OK}),
        *form("parties:measure-new tpe", REFUSED, {"secretariat": OK}),
        row("GET parties:measure measure proposed", HIDDEN, sees),
        row("GET parties:measure measure adopted", OK),
        row("POST parties:measure measure proposed", NEVER),
        *button("parties:measure-withdraw measure proposed", HIDDEN, hidden | {"secretariat": DONE}),
    ]


def of_ideas() -> list[Row]:
    """The proponent's people file, the secretariat checks; what the committee considers is public."""
    sees: dict[str, Answer] = {"participant": OK, "inside": OK}
    hidden: dict[str, Answer] = {"participant": REFUSED, "inside": REFUSED}
    return [
        *public("projects:idea-notes"),
        *form("projects:idea-note-new", REFUSED, PARTICIPANTS),
        row("GET projects:idea-note idea filed", HIDDEN, sees),
        row("GET projects:idea-note idea returned", HIDDEN, sees),
        *public("projects:idea-note idea answered"),
        *form("projects:idea-note-edit idea filed", HIDDEN, hidden),
        *form("projects:idea-note-edit idea returned", HIDDEN, hidden | {"participant": OK}),
        *button("projects:idea-note-accept idea filed", HIDDEN, hidden | {"secretariat": DONE}),
        *button("projects:idea-note-return idea filed", HIDDEN, hidden | {"secretariat": DONE}, reason="Why."),
        *button("projects:idea-note-withdraw idea filed", HIDDEN, hidden | {"participant": DONE}),
        *button("projects:idea-note-withdraw idea answered", REFUSED, {"participant": REFUSED_IN_WORDS}),
        *public("projects:idea-note-document idea public file"),
        row("GET projects:idea-note-document idea restricted file", HIDDEN, sees | undeclared()),
        row("POST projects:idea-note-document idea restricted file", NEVER),
        *public("api:idea-note-detail idea answered"),
        *public("api:idea-note-detail idea filed", HIDDEN),
    ]


def of_rules() -> list[Row]:
    """The secretariat drafts and proposes, the committee reads; what is adopted is public."""
    sees: dict[str, Answer] = {"inside": OK}
    hidden: dict[str, Answer] = {"inside": REFUSED}
    serves: dict[str, Answer] = {"secretariat": OK}
    return [
        *public("parties:rules mongolia"),
        *public("parties:rule-document rule"),
        *public("parties:rule-file rule file"),
        row("GET parties:rule-file draft file", HIDDEN, sees),
        *form("parties:rule-set-new mongolia", REFUSED, serves),
        row("GET parties:rule-set rules draft", HIDDEN, sees),
        row("POST parties:rule-set rules draft", HIDDEN, hidden | serves),
        row("GET parties:rule-set rules adopted", OK),
        row("POST parties:rule-set rules adopted", REFUSED, serves),
        *button("parties:rule-set-propose rules draft", HIDDEN, hidden | {"secretariat": DONE}),
        *button("parties:rule-set-withdraw rules draft", HIDDEN, hidden | {"secretariat": DONE}),
        *button("parties:rule-document-remove rules document", HIDDEN, hidden | {"secretariat": DONE}),
        *form("parties:special-measure-new mongolia", REFUSED, serves),
        row("GET parties:special-measure special proposed", HIDDEN, sees),
        *public("parties:special-measure special adopted"),
        *form("parties:special-measure-extend special adopted", REFUSED, serves),
        *form("parties:special-measure-extend special proposed", HIDDEN, hidden | serves),
        *button("parties:special-measure-withdraw special proposed", HIDDEN, hidden | {"secretariat": DONE}),
    ]


def of_projects() -> list[Row]:
    """Designs belong to the maker's organisation; after submission everybody reads."""
    own: dict[str, Answer] = {"participant": OK}
    participant: dict[str, Answer] = {"participant": DONE}
    secretariat: dict[str, Answer] = {"secretariat": DONE}
    return [
        *form("projects:draft", REFUSED, PARTICIPANTS),
        row("GET projects:design p draft", HIDDEN, own, anonymous=SIGN_IN),
        row("POST projects:design p draft", NEVER, anonymous=SIGN_IN),
        *form("projects:design-section p section", HIDDEN, own),
        *form("projects:design-document p draft", HIDDEN, own),
        *button("projects:design-submit p draft", HIDDEN, participant),
        *public("projects:detail p design"),
        *public("projects:detail p validated"),
        *public("projects:detail p registered"),
        *public("projects:document p public file"),
        # Members declare first that they have no conflict of interest; for this case they have not.
        row("GET projects:document p restricted file", HIDDEN, INVOLVED | undeclared()),
        row("POST projects:document p restricted file", NEVER),
        *form("projects:validate p design", REFUSED, {"tpe": OK}),
        *form("projects:validate p validated", REFUSED, {}),
        *button("projects:request-registration p validated", REFUSED, participant),
        *button("projects:withdraw p requested", REFUSED, participant),
        *button("projects:accept p requested", REFUSED, secretariat),
        *button("projects:return p requested", REFUSED, secretariat, reason="Why."),
    ]


def of_reports() -> list[Row]:
    """Until a report is verified, only those involved see it."""
    own: dict[str, Answer] = {"tpe": REFUSED, "inside": REFUSED, "participant": OK}
    examines: dict[str, Answer] = {"participant": REFUSED, "inside": REFUSED, "tpe": OK}
    returns: dict[str, Answer] = {"participant": REFUSED, "inside": REFUSED, "tpe": DONE}
    template: dict[str, Answer] = dict.fromkeys(INVOLVED, OK)
    return [
        *form("projects:report-create p registered", REFUSED, {"participant": OK}),
        row("GET projects:report r draft", HIDDEN, INVOLVED),
        row("GET projects:report r submitted", HIDDEN, INVOLVED),
        row("GET projects:report r returned", HIDDEN, INVOLVED),
        row("GET projects:report r verified", OK),
        row("POST projects:report r draft", NEVER),
        row("GET projects:report-workbook r draft", HIDDEN, INVOLVED),
        *public("projects:report-workbook r verified"),
        row("GET projects:report-months r draft", HIDDEN, INVOLVED),
        *public("projects:report-months r verified"),
        row("GET projects:report-template r draft", HIDDEN, template, anonymous=SIGN_IN),
        row("POST projects:report-template r draft", NEVER, anonymous=SIGN_IN),
        *form("projects:report-readings r draft", HIDDEN, own),
        *form("projects:report-readings r verified", REFUSED, {}),
        *button("projects:report-submit r draft", HIDDEN, own | {"participant": DONE}),
        *button("projects:report-return r submitted", HIDDEN, returns, reason="Why."),
        *form("projects:report-verify r submitted", HIDDEN, examines),
        *form("projects:report-verify r draft", HIDDEN, dict.fromkeys(INVOLVED, REFUSED)),
    ]


def of_requests() -> list[Row]:
    """Until an issuance request is decided, only those involved see it."""
    checks: dict[str, Answer] = {"participant": REFUSED, "tpe": REFUSED, "inside": REFUSED, "secretariat": DONE}
    takes_back: dict[str, Answer] = {"participant": DONE, "tpe": REFUSED, "inside": REFUSED}
    return [
        *form("projects:issuance-request-create r verified", REFUSED, {"participant": OK}),
        *form("projects:issuance-request-create r draft", HIDDEN, dict.fromkeys(INVOLVED, REFUSED)),
        row("GET projects:issuance-request q submitted", HIDDEN, INVOLVED),
        row("GET projects:issuance-request q returned", HIDDEN, INVOLVED),
        row("GET projects:issuance-request q decided", OK),
        row("POST projects:issuance-request q submitted", NEVER),
        *button("projects:issuance-request-accept q submitted", HIDDEN, checks),
        *button("projects:issuance-request-return q submitted", HIDDEN, checks, reason="Why."),
        *button("projects:issuance-request-withdraw q submitted", HIDDEN, takes_back),
        *button("projects:issuance-request-withdraw q decided", REFUSED, {"participant": REFUSED_IN_WORDS}),
    ]


def of_registries() -> list[Row]:
    """Each registry's administrators see and move their own legs; one proposes, another approves."""
    rows = [row("GET registry:queue", OK, anonymous=SIGN_IN), row("POST registry:queue", NEVER, anonymous=SIGN_IN)]
    for side in PARTIES:
        proposer, approver = f"{side}_proposer", f"{side}_approver"
        proposes: dict[str, Answer] = {proposer: DONE, approver: REFUSED}
        approves: dict[str, Answer] = {proposer: REFUSED, approver: DONE}
        sees: dict[str, Answer] = {proposer: OK, approver: OK}
        rows += [
            row(f"GET registry:leg l {side} notified", HIDDEN, sees, anonymous=SIGN_IN),
            row(f"POST registry:leg l {side} notified", NEVER, anonymous=SIGN_IN),
            *leg(f"registry:leg-propose l {side} notified", proposes),
            *leg(f"registry:leg-send-back l {side} proposed", approves),
            *leg(f"registry:leg-approve l {side} proposed", approves),
        ]
    return rows


def of_reconciliation() -> list[Row]:
    """A registry's administrators deal with registries kept elsewhere; what one enters or corrects another confirms."""
    sees: dict[str, Answer] = {"japan_proposer": OK, "japan_approver": OK}
    anybody: dict[str, Answer] = {"japan_proposer": DONE, "japan_approver": DONE}
    colleague: dict[str, Answer] = {"japan_proposer": REFUSED_IN_WORDS, "japan_approver": DONE}
    rows = []
    for name, everybody, few in (
        ("reconciliation", OK, {}), ("counterpart counterpart", HIDDEN, sees), ("cycle cycle", HIDDEN, sees),
    ):  # fmt: skip
        rows += [
            row(f"GET registry:{name}", everybody, few, anonymous=SIGN_IN),
            row(f"POST registry:{name}", NEVER, anonymous=SIGN_IN),
        ]
    return [
        *rows,
        *form("registry:counterpart-enter", REFUSED, dict.fromkeys(KEEPERS, OK)),
        *button("registry:counterpart-confirm counterpart entered", HIDDEN, colleague),
        *button("registry:counterpart-stop counterpart", HIDDEN, anybody),
        *button("registry:cycle-start counterpart", HIDDEN, anybody),
        *button("registry:cycle-correct cycle", HIDDEN, anybody, correction="Done."),
        *button("registry:cycle-close cycle corrected", HIDDEN, colleague, reason="Done."),
    ]


def of_accounts() -> list[Row]:
    """Holders and administrators see an account; one proposes, another approves; any two lift a freeze."""
    sees: dict[str, Answer] = {"japan_proposer": OK, "japan_approver": OK}
    proposes: dict[str, Answer] = {"japan_proposer": OK, "japan_approver": REFUSED}
    approves: dict[str, Answer] = {"japan_proposer": REFUSED, "japan_approver": DONE}
    anybody: dict[str, Answer] = {"japan_proposer": DONE, "japan_approver": DONE}
    colleague: dict[str, Answer] = {"japan_proposer": REFUSED_IN_WORDS, "japan_approver": DONE}
    shown = [("account", "account"), ("movements", "account"), ("statement", "account"), ("proposal", "proposal")]
    rows = []
    for name in ("accounts", "proposals", "freezes"):
        rows += [
            row(f"GET registry:{name}", OK, anonymous=SIGN_IN),
            row(f"POST registry:{name}", NEVER, anonymous=SIGN_IN),
        ]
    for name, place in shown:
        rows += [
            row(f"GET registry:{name} {place}", HIDDEN, sees, anonymous=SIGN_IN),
            row(f"POST registry:{name} {place}", NEVER, anonymous=SIGN_IN),
        ]
    for name in ("transfer", "retire", "cancel"):
        rows += form(f"registry:{name} account", HIDDEN, proposes)
    return [
        *rows,
        *form("registry:correct account", HIDDEN, proposes),
        *form("registry:batch account", HIDDEN, proposes),
        *form("registry:trusted account", HIDDEN, {"japan_proposer": REFUSED, "japan_approver": OK}),
        *button("registry:trust-remove trust", HIDDEN, {"japan_proposer": REFUSED, "japan_approver": DONE}),
        *of_applications(),
        row("GET registry:batch-template retirement", OK, anonymous=SIGN_IN),
        row("POST registry:batch-template retirement", NEVER, anonymous=SIGN_IN),
        *button("registry:certify-holding account", HIDDEN, anybody),
        *button("registry:proposal-approve proposal", HIDDEN, approves),
        *button("registry:proposal-reject proposal", HIDDEN, approves),
        *button("registry:proposal-cancel proposal", HIDDEN, anybody),
        *form("registry:freeze-set", REFUSED, dict.fromkeys(KEEPERS, OK)),
        *button("registry:freeze-lift-propose freeze", HIDDEN, anybody),
        *button("registry:freeze-lift freeze to lift", HIDDEN, colleague),
        *button("registry:freeze-keep freeze to lift", HIDDEN, colleague),
    ]


def of_authorizations() -> list[Row]:
    """Both Parties' administrators see an authorization; its own Party's confirm and revoke it."""
    sees: dict[str, Answer] = dict.fromkeys(MONGOLIAN, OK)
    japan: dict[str, Answer] = dict.fromkeys(MONGOLIAN, REFUSED) | {"japan_approver": DONE}
    return [
        row("GET registry:authorizations", OK, anonymous=SIGN_IN),
        row("POST registry:authorizations", NEVER, anonymous=SIGN_IN),
        *form("registry:authorization-record", REFUSED, dict.fromkeys(RECORDERS, OK)),
        row("GET registry:authorization authorization", HIDDEN, sees, anonymous=SIGN_IN),
        row("POST registry:authorization authorization", NEVER, anonymous=SIGN_IN),
        *button("registry:authorization-confirm authorization", HIDDEN, japan),
        *button("registry:authorization-revoke authorization", HIDDEN, japan, reason="Why."),
        *form("registry:approach approach", HIDDEN, dict.fromkeys(MONGOLIAN, REFUSED) | {"japan_approver": OK}),
    ]


MONGOLIAN = ("japan_proposer", "japan_approver", "host_proposer", "host_approver")
RECORDERS = ("japan_proposer", "host_proposer", "vn_proposer")


def of_applications() -> list[Row]:
    """The holder applies, one administrator checks, another opens; administrators name the representatives."""
    both: dict[str, Answer] = {"japan_proposer": DONE, "japan_approver": DONE}
    keeps: dict[str, Answer] = {"japan_proposer": OK, "japan_approver": OK}
    applied: dict[str, Answer] = {"participant": REFUSED}
    rows = []
    for name, place, holder in (
        ("check", "applied", applied),
        ("refuse", "applied", applied),
        ("suspend", "opened", {}),
        ("resume", "suspended", {}),
        ("close", "opened", {}),
    ):
        rows += button(f"registry:account-{name} account {place}", HIDDEN, both | holder, reason="Why.")
    return [
        *rows,
        *form("registry:account-apply", REFUSED, PARTICIPANTS),
        row("GET registry:account-manage account applied", HIDDEN, keeps | applied, anonymous=SIGN_IN),
        row("POST registry:account-manage account applied", NEVER, anonymous=SIGN_IN),
        row("GET registry:account-document account document", HIDDEN, keeps | {"participant": OK}, anonymous=SIGN_IN),
        row("POST registry:account-document account document", NEVER, anonymous=SIGN_IN),
        *button("registry:account-approve account checked", HIDDEN,
                {"participant": REFUSED, "japan_proposer": REFUSED, "japan_approver": DONE}),
        *button("registry:representative-add account opened", HIDDEN, keeps),
        *button("registry:representative-remove person", HIDDEN, both),
    ]  # fmt: skip


def of_committees() -> list[Row]:
    """Members answer, the secretariat prepares, opens and withdraws; others see what was adopted."""
    secretariat: dict[str, Answer] = {"voters": REFUSED, "secretariat": DONE}
    agenda: dict[str, Answer] = {"inside": OK}
    unseen: dict[str, Answer] = {"readers": HIDDEN}
    shown = agenda | unseen
    declaring: dict[str, Answer] = {"secretariat": REFUSED, "voters": OK, "readers": REFUSED, "expert": OK}
    return [
        row("GET committee:decision-detail d prepared", HIDDEN, {"inside": OK}),
        row("GET committee:decision-detail d open", HIDDEN, {"inside": OK}),
        row("GET committee:decision-detail d stopped", HIDDEN, {"inside": OK}),
        row("GET committee:decision-detail d adopted", OK),
        row("POST committee:decision-detail d adopted", NEVER),
        *public("committee:decision-file d adopted file"),
        *public("committee:decision-file d prepared file", HIDDEN),
        *public("committee:decision-file d open file", HIDDEN),
        *public("committee:decision-file d stopped file", HIDDEN),
        *button("committee:decision-open d prepared", HIDDEN, secretariat),
        *button("committee:decision-withdraw d open", HIDDEN, secretariat),
        *button("committee:decision-answer d open", HIDDEN, {"secretariat": REFUSED, "voters": DONE}, value="affirm"),
        *button("committee:decision-answer d adopted", REFUSED, {"voters": OK}, value="object", reason="Too late."),
        *button("committee:decision-declare d open", HIDDEN, declaring),
        *button("committee:decision-declare d stopped", HIDDEN, declaring),
        *button("committee:decision-recirculate d stopped", HIDDEN, secretariat, text="Again."),
        *button("committee:decision-recirculate d open", HIDDEN, {"voters": REFUSED, "secretariat": OK}, text="Again."),
        *button("committee:decision-supersede d adopted", REFUSED, {"secretariat": DONE}, text="Instead."),
        *button("committee:agenda-declare mongolia", HIDDEN, declaring),
        row("GET committee:delegations mongolia", HIDDEN, shown, anonymous=SIGN_IN),
        row("POST committee:delegations mongolia", HIDDEN, shown | {"secretariat": REFUSED}, anonymous=SIGN_IN),
        *button("committee:delegation-end delegation", HIDDEN, {"inside": REFUSED, "host_member": DONE} | unseen),
        *of_meetings(),
        row("GET committee:agenda mongolia", HIDDEN, agenda, anonymous=SIGN_IN),
        row("POST committee:agenda mongolia", HIDDEN, agenda | {"voters": REFUSED}, anonymous=SIGN_IN),
    ]


def of_meetings() -> list[Row]:
    """Everybody reads what meetings decided; the secretariat plans, opens, records and closes them."""
    planned: dict[str, Answer] = {"voters": REFUSED, "secretariat": OK}
    done: dict[str, Answer] = planned | {"secretariat": DONE}
    clerks: dict[str, Answer] = {"secretariat": DONE}
    tick: dict[str, Answer] = {"voters": REFUSED, "secretariat": DONE, "host_member": DONE}
    record: dict[str, Answer] = {"voters": REFUSED, "host_secretariat": REFUSED_IN_WORDS, "japan_secretariat": DONE}
    minutes: dict[str, Answer] = {"inside": OK}
    return [
        row("GET committee:meetings mongolia", OK),
        row("POST committee:meetings mongolia", REFUSED, {"secretariat": OK}),
        row("GET committee:meeting t planned", HIDDEN, {"inside": OK}),
        row("GET committee:meeting t open", OK),
        row("POST committee:meeting t open", NEVER),
        *button("committee:meeting-change t planned", HIDDEN, planned),
        *button("committee:meeting-agenda t planned", HIDDEN, done),
        *button("committee:meeting-move t planned open", HIDDEN, done),
        *button("committee:meeting-attendance t open", REFUSED, clerks),
        *button("committee:meeting-minutes t open", REFUSED, {"secretariat": OK}),
        *button("committee:meeting-action t open", REFUSED, {"secretariat": OK}),
        row("GET committee:meeting-document t minutes", HIDDEN, minutes),
        row("POST committee:meeting-document t minutes", NEVER),
        *button("committee:action-done t action", HIDDEN, tick | {"readers": HIDDEN}),
        *button("committee:decision-table d prepared", HIDDEN, done | {"secretariat": REFUSED_IN_WORDS}, meeting="0"),
        *button("committee:decision-record d tabled", HIDDEN, record),
    ]


def interface() -> list[Row]:
    """Programs read what everybody reads."""
    return [
        *public("api-docs"),
        *public("api-schema"),
        *public("api:api-root"),
        *(line for kind in API for line in public(f"api:{kind}-list")),
        *public("api:country-detail i country"),
        *public("api:partnership-detail i partnership"),
        *public("api:methodology-detail m considered"),
        *public("api:methodology-detail m draft", HIDDEN),
        *public("api:methodology-detail m submitted", HIDDEN),
        *public("api:methodology-detail m returned", HIDDEN),
        *public("api:project-detail p validated"),
        *public("api:reading-detail r reading"),
        *public("api:reading-detail r draft reading", HIDDEN),
        *public("api:decision-detail d adopted"),
        *public("api:decision-detail d prepared", HIDDEN),
        *public("api:decision-detail d open", HIDDEN),
        *public("api:decision-detail d stopped", HIDDEN),
        *public("api:credit-detail serial"),
        *public("api:issuance-detail i issuance"),
        *public("api:tpe-detail tpe"),
        *programs(),
    ]


def programs() -> list[Row]:
    """A person's session opens nothing of what programs do; they bring a token of their own."""
    reads = ("api:account-list", "api:account-detail account", "api:proposal-list", "api:proposal-detail proposal")
    writes = ("approve", "reject", "cancel")
    reads += ("api:exchange-list", "api:exchange-receipts")
    return [
        *(row(f"GET {name}", NO_TOKEN) for name in reads),
        *(row(f"POST {name}", NO_TOKEN) for name in reads),
        *(row(f"{m} api:proposal-{verb} proposal", NO_TOKEN) for verb in writes for m in ("GET", "POST")),
        row("GET oauth-token", NEVER),
        row("POST oauth-token", UNREADABLE),
        row("GET oauth-revoke", NEVER),
        row("POST oauth-revoke", UNREADABLE),
    ]


API = (
    "country", "partnership", "methodology", "project", "reading", "decision", "credit", "issuance", "tpe", "idea-note",
)  # fmt: skip


def accounts() -> list[Row]:
    """Signing in is for those who are not, everything else for those who are; allauth's own pages."""
    rows = []
    for name, place, anonymous, others in ACCOUNT_PAGES:
        for method, stranger, person in zip(("GET", "POST"), anonymous, others, strict=True):
            rows.append(row(f"{method} {name} {place}".strip(), person, anonymous=stranger))
    return rows


# Name, place; what GET and POST answer to nobody in particular, and to somebody signed in. Forms are sent empty.
SHOWN, GUARDED = (OK, OK), (SIGN_IN, SIGN_IN)
ACCOUNT_PAGES: tuple[tuple[str, str, tuple[Answer, Answer], tuple[Answer, Answer]], ...] = (
    ("account_login", "", SHOWN, (ELSEWHERE, DONE)),
    ("account_logout", "", (ELSEWHERE, DONE), (OK, DONE)),
    ("account_inactive", "", (OK, NEVER), (OK, NEVER)),
    ("account_signup", "", SHOWN, (ELSEWHERE, DONE)),
    ("account_reauthenticate", "", GUARDED, SHOWN),
    ("account_email", "", GUARDED, (OK, DONE)),
    ("account_email_verification_sent", "", (OK, NEVER), (OK, NEVER)),
    ("account_change_password", "", GUARDED, SHOWN),
    ("account_set_password", "", GUARDED, (ELSEWHERE, DONE)),
    ("account_reset_password", "", SHOWN, SHOWN),
    ("account_confirm_login_code", "", GUARDED, (ELSEWHERE, DONE)),
    ("account_confirm_email", "a key", (OK, HIDDEN), (OK, HIDDEN)),
    ("account_reset_password_from_key_done", "", (OK, NEVER), (OK, NEVER)),
    ("account_reset_password_from_key", "a reset", SHOWN, SHOWN),
    ("account_reset_password_done", "", (OK, NEVER), (OK, NEVER)),
    ("mfa_index", "", GUARDED, (OK, NEVER)),
    ("mfa_authenticate", "", GUARDED, (ELSEWHERE, DONE)),
    ("mfa_reauthenticate", "", GUARDED, (ELSEWHERE, DONE)),
    ("mfa_activate_totp", "", GUARDED, SHOWN),
    ("mfa_deactivate_totp", "", GUARDED, (HIDDEN, HIDDEN)),
    ("mfa_view_recovery_codes", "", GUARDED, (HIDDEN, NEVER)),
    ("mfa_generate_recovery_codes", "", GUARDED, SHOWN),
    ("mfa_download_recovery_codes", "", GUARDED, (HIDDEN, HIDDEN)),
    ("mfa_list_webauthn", "", GUARDED, (OK, NEVER)),
    ("mfa_add_webauthn", "", GUARDED, SHOWN),
    ("mfa_reauthenticate_webauthn", "", GUARDED, (ELSEWHERE, DONE)),
    ("mfa_remove_webauthn", "a passkey", GUARDED, (HIDDEN, HIDDEN)),
    ("mfa_edit_webauthn", "a passkey", GUARDED, (HIDDEN, HIDDEN)),
    ("mfa_login_webauthn", "", GUARDED, (ELSEWHERE, DONE)),
    ("set_language", "", (ELSEWHERE, DONE), (ELSEWHERE, DONE)),
)


# --- the test ------------------------------------------------------------------------------------------------------

TABLE = [sample(row) for row in table()]


def addresses() -> set[str]:
    """Return the name of every address, with its namespace."""
    return set(_names(get_resolver().url_patterns, ()))


def _names(patterns: list[URLPattern | URLResolver], spaces: tuple[str, ...]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, (*spaces, *([pattern.namespace] if pattern.namespace else [])))
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            yield ":".join((*spaces, pattern.name))


def test_every_address_is_in_the_table():
    named = {row.name for row in TABLE}
    assert addresses() - named == set()
    assert named - addresses() == set()


@pytest.fixture(scope="module")
def unrendered() -> Iterator[None]:
    """Pages without their content, which has no say in the answer, and nobody is asked to slow down."""
    with pytest.MonkeyPatch.context() as patch, override_settings(ACCOUNT_RATE_LIMITS=False):
        patch.setattr(Template, "render", lambda *_: "")
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize(
    ("asked", "who"), [pytest.param(row, who, id=f"{row} by {who}") for row in TABLE for who in row.answers]
)
def test_a_person_gets_the_answer_of_the_table(world: World, browser_of: Callable[[str], Client], asked: Row, who: str):
    browser = browser_of(who)
    address = reverse(asked.name, kwargs=world.places[asked.place])
    response = browser.generic(
        asked.method, address, urlencode(asked.data), content_type="application/x-www-form-urlencoded"
    )
    b"".join(response)  # a file is closed when it has been read
    got = _answer(response)
    assert got == asked.answers[who], f"{who}: {got!r} at {address}"


def _answer(response: Any) -> Answer:
    """Return the status; a redirect is told apart by where it leads and whether it says that something was refused."""
    if response.status_code not in (HTTPStatus.FOUND, HTTPStatus.MOVED_PERMANENTLY):
        return int(response.status_code)
    target = response["Location"]
    if target.startswith(reverse("account_login")):
        return SIGN_IN
    said = list(get_messages(response.wsgi_request))
    if any(message.level == ERROR for message in said):
        return REFUSED_IN_WORDS
    return DONE if said or response.wsgi_request.method == "POST" else ELSEWHERE
