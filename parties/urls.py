"""Addresses of the public lists of countries and third-party entities."""

from django.urls import path

from parties.views import applications, board, measures, people, public

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
]
