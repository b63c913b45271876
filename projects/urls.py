"""Addresses of the projects' pages."""

from django.urls import path

from projects.views import design, detail, ideas, issuance, months, public, registration, reports

app_name = "projects"
urlpatterns = [
    # Planned projects.
    path("idea-notes/", ideas.idea_note_list, name="idea-notes"),
    path("idea-notes/new/", ideas.idea_note_new, name="idea-note-new"),
    path("idea-notes/<str:number>/", ideas.idea_note_detail, name="idea-note"),
    path("idea-notes/<str:number>/edit/", ideas.idea_note_edit, name="idea-note-edit"),
    path("idea-notes/<str:number>/accept/", ideas.idea_note_accept, name="idea-note-accept"),
    path("idea-notes/<str:number>/return/", ideas.idea_note_return, name="idea-note-return"),
    path("idea-notes/<str:number>/withdraw/", ideas.idea_note_withdraw, name="idea-note-withdraw"),
    path("idea-notes/<str:number>/documents/<str:access>/", ideas.idea_note_document, name="idea-note-document"),
    # Projects.
    path("projects/", public.project_list, name="list"),
    # The design, before there is a number.
    path("projects/designs/new/", design.project_draft, name="draft"),
    path("projects/designs/<int:pk>/", design.project_design, name="design"),
    path("projects/designs/<int:pk>/document/", design.project_design_document, name="design-document"),
    path("projects/designs/<int:pk>/submit/", design.project_submit, name="design-submit"),
    path("projects/designs/<int:pk>/<str:section>/", design.project_section, name="design-section"),
    # The project.
    path("projects/<str:number>/", detail.project_detail, name="detail"),
    path("projects/<str:number>/documents/<str:access>/", detail.project_document, name="document"),
    path("projects/<str:number>/validate/", registration.project_validate, name="validate"),
    path(
        "projects/<str:number>/request-registration/",
        registration.project_request_registration,
        name="request-registration",
    ),
    path("projects/<str:number>/withdraw/", registration.project_withdraw, name="withdraw"),
    path("projects/<str:number>/accept/", registration.project_accept, name="accept"),
    path("projects/<str:number>/return/", registration.project_return, name="return"),
    # Monitoring reports.
    path("projects/<str:number>/reports/new/", reports.report_create, name="report-create"),
    path("projects/<str:number>/reports/<int:pk>/", reports.report_detail, name="report"),
    path("projects/<str:number>/reports/<int:pk>/months/", months.reading_list, name="report-months"),
    path("projects/<str:number>/reports/<int:pk>/readings/", reports.report_readings, name="report-readings"),
    path("projects/<str:number>/reports/<int:pk>/template.csv", reports.report_template, name="report-template"),
    path("projects/<str:number>/reports/<int:pk>/workbook.xlsx", reports.report_workbook, name="report-workbook"),
    path("projects/<str:number>/reports/<int:pk>/submit/", reports.report_submit, name="report-submit"),
    path("projects/<str:number>/reports/<int:pk>/return/", reports.report_return, name="report-return"),
    path("projects/<str:number>/reports/<int:pk>/verify/", reports.report_verify, name="report-verify"),
    # Issuance requests.
    path(
        "projects/<str:number>/reports/<int:pk>/request-issuance/",
        issuance.issuance_request_create,
        name="issuance-request-create",
    ),
    path("projects/<str:number>/requests/<int:pk>/", issuance.issuance_request_detail, name="issuance-request"),
    path(
        "projects/<str:number>/requests/<int:pk>/accept/",
        issuance.issuance_request_accept,
        name="issuance-request-accept",
    ),
    path(
        "projects/<str:number>/requests/<int:pk>/return/",
        issuance.issuance_request_return,
        name="issuance-request-return",
    ),
    path(
        "projects/<str:number>/requests/<int:pk>/withdraw/",
        issuance.issuance_request_withdraw,
        name="issuance-request-withdraw",
    ),
]
