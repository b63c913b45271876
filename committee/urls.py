"""Addresses of the committee's pages."""

from django.urls import path

from committee.views import decisions, public

app_name = "committee"
urlpatterns = [
    path("decisions/", public.decision_list, name="decisions"),
    path("decisions/<int:pk>/", decisions.decision_detail, name="decision-detail"),
    path("decisions/<int:pk>/<slug:language>.pdf", public.decision_file, name="decision-file"),
    path("decisions/<int:pk>/open/", decisions.decision_open, name="decision-open"),
    path("decisions/<int:pk>/withdraw/", decisions.decision_withdraw, name="decision-withdraw"),
    path("decisions/<int:pk>/answer/", decisions.decision_answer, name="decision-answer"),
    path("committees/<slug:slug>/agenda/", decisions.agenda, name="agenda"),
]
