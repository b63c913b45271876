"""Addresses of the public lists of countries and third-party entities."""

from django.urls import path

from parties.views import (
    applications,
    board,
    cases,
    holidays,
    inputs,
    measures,
    packs,
    people,
    public,
    rulebook,
    special,
)

app_name = "parties"
urlpatterns = [
    path("countries/", public.country_list, name="countries"),
    path("tpes/", public.designation_list, name="tpes"),
    # Applications for designation.
    path("tpes/applications/new/", applications.application_new, name="application-new"),
    path("tpes/applications/<int:pk>/", applications.application_detail, name="application"),
    path("tpes/applications/<int:pk>/edit/", applications.application_edit, name="application-edit"),
    path("tpes/applications/<int:pk>/accept/", applications.application_accept, name="application-accept"),
    path("tpes/applications/<int:pk>/return/", applications.application_return, name="application-return"),
    path("tpes/applications/<int:pk>/withdraw/", applications.application_withdraw, name="application-withdraw"),
    path(
        "tpes/applications/<int:pk>/documents/<str:access>/",
        applications.application_document,
        name="application-document",
    ),
    # Rules and special measures.
    path("rules/<slug:slug>/", rulebook.rules, name="rules"),
    path("rules/<slug:slug>/<str:code>/", rulebook.rule_document, name="rule-document"),
    path("rules/<slug:slug>/<str:code>/<str:version>/", rulebook.rule_file, name="rule-file"),
    path("rule-sets/new/<slug:slug>/", rulebook.rule_set_new, name="rule-set-new"),
    path("rule-sets/<int:pk>/", rulebook.rule_set_detail, name="rule-set"),
    path("rule-sets/<int:pk>/propose/", rulebook.rule_set_propose, name="rule-set-propose"),
    path("rule-sets/<int:pk>/withdraw/", rulebook.rule_set_withdraw, name="rule-set-withdraw"),
    path(
        "rule-sets/<int:pk>/documents/<int:document>/remove/",
        rulebook.rule_document_remove,
        name="rule-document-remove",
    ),
    path("special-measures/new/<slug:slug>/", special.special_measure_new, name="special-measure-new"),
    path("special-measures/<int:pk>/", special.special_measure_detail, name="special-measure"),
    path("special-measures/<int:pk>/extend/", special.special_measure_extend, name="special-measure-extend"),
    path("special-measures/<int:pk>/withdraw/", special.special_measure_withdraw, name="special-measure-withdraw"),
    # What becomes of a designation.
    path("tpes/<str:number>/extend/", applications.application_extend, name="application-extend"),
    path("tpes/<str:number>/give-up/", measures.designation_give_up, name="give-up"),
    path("tpes/<str:number>/measures/new/", measures.measure_new, name="measure-new"),
    path("tpes/<str:number>/measures/<int:pk>/", measures.measure_detail, name="measure"),
    path("tpes/<str:number>/measures/<int:pk>/withdraw/", measures.measure_withdraw, name="measure-withdraw"),
    # Cases of all kinds.
    path("board/", board.board, name="board"),
    path("statistics/stages/", board.stage_times, name="stage-times"),
    # People and their roles.
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invitations/<int:pk>/confirm/", people.confirm, name="invitation-confirm"),
    path("people/invitations/<int:pk>/withdraw/", people.withdraw, name="invitation-withdraw"),
    path("people/roles/<int:pk>/end/", people.end, name="role-end"),
    path("invitations/<str:token>/", people.invitation, name="invitation"),
    path("countries/<slug:slug>/rule-packs/", packs.pack_list, name="packs"),
    path("countries/<slug:slug>/rule-packs/draft/", packs.pack_draft, name="pack-draft"),
    path("holidays/<str:iso2>/", holidays.holiday_list, name="holidays"),
    path("holidays/<str:iso2>/edit/", holidays.holidays_edit, name="holidays-edit"),
    path("rule-packs/<str:number>/", packs.pack_detail, name="pack"),
    path("rule-packs/<str:number>/edit/", packs.pack_edit, name="pack-edit"),
    path("rule-packs/<str:number>/dry-run/", packs.pack_dry_run, name="pack-dry-run"),
    path("rule-packs/<str:number>/propose/", packs.pack_propose, name="pack-propose"),
    path("rule-packs/<str:number>/take-back/", packs.pack_take_back, name="pack-take-back"),
    path("rule-packs/<str:number>/drop/", packs.pack_drop, name="pack-drop"),
    path("cases/<str:number>/", cases.case_detail, name="case"),
    path("cases/<str:number>/check/", cases.case_check, name="case-check"),
    path("cases/<str:number>/pause/", cases.case_pause, name="case-pause"),
    path("cases/<str:number>/resume/", cases.case_resume, name="case-resume"),
    path("cases/<str:number>/inputs.csv", inputs.inputs_csv, name="inputs-csv"),
    path("cases/<str:number>/inputs/new/", inputs.input_new, name="input-new"),
    path("cases/<str:number>/inputs/<int:pk>/file/", inputs.input_file, name="input-file"),
    path("cases/<str:number>/inputs/<int:pk>/publish/", inputs.input_publish, name="input-publish"),
    path("cases/<str:number>/inputs/<int:pk>/refuse/", inputs.input_refuse, name="input-refuse"),
    path("cases/<str:number>/inputs/<int:pk>/reply/", inputs.input_reply, name="input-reply"),
    path("inputs/confirm/<str:token>/", inputs.input_confirm, name="input-confirm"),
]
