"""Addresses of the committee's pages."""

from django.urls import path

from committee.views import decisions, meetings, public, successors, voices

app_name = "committee"
urlpatterns = [
    path("decisions/", public.decision_list, name="decisions"),
    path("decisions/<int:pk>/", decisions.decision_detail, name="decision-detail"),
    path("decisions/<int:pk>/<slug:language>.pdf", public.decision_file, name="decision-file"),
    path("decisions/<int:pk>/open/", decisions.decision_open, name="decision-open"),
    path("decisions/<int:pk>/withdraw/", decisions.decision_withdraw, name="decision-withdraw"),
    path("decisions/<int:pk>/answer/", decisions.decision_answer, name="decision-answer"),
    path("decisions/<int:pk>/declare/", voices.decision_declare, name="decision-declare"),
    path("decisions/<int:pk>/recirculate/", successors.decision_recirculate, name="decision-recirculate"),
    path("decisions/<int:pk>/supersede/", successors.decision_supersede, name="decision-supersede"),
    path("committees/<slug:slug>/agenda/", decisions.agenda, name="agenda"),
    path("committees/<slug:slug>/agenda/declare/", voices.agenda_declare, name="agenda-declare"),
    path("committees/<slug:slug>/delegations/", voices.delegations, name="delegations"),
    path("delegations/<int:pk>/end/", voices.delegation_end, name="delegation-end"),
    path("committees/<slug:slug>/meetings/", meetings.meetings, name="meetings"),
    path("meetings/<int:pk>/", meetings.meeting_detail, name="meeting"),
    path("meetings/<int:pk>/change/", meetings.meeting_change, name="meeting-change"),
    path("meetings/<int:pk>/agenda/", meetings.meeting_agenda, name="meeting-agenda"),
    path("meetings/<int:pk>/attendance/", meetings.meeting_attendance, name="meeting-attendance"),
    path("meetings/<int:pk>/minutes/", meetings.meeting_minutes, name="meeting-minutes"),
    path("meetings/<int:pk>/minutes/<slug:access>/", meetings.meeting_document, name="meeting-document"),
    path("meetings/<int:pk>/actions/", meetings.meeting_action, name="meeting-action"),
    path("meetings/<int:pk>/do/<slug:verb>/", meetings.meeting_move, name="meeting-move"),
    path("actions/<int:pk>/done/", meetings.action_done, name="action-done"),
    path("decisions/<int:pk>/table/", meetings.decision_table, name="decision-table"),
    path("decisions/<int:pk>/record/", meetings.decision_record, name="decision-record"),
]
