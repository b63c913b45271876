"""Addresses of the methodologies' pages."""

from django.urls import path

from methodologies.views import calculator, detail, proposal, public, secretariat

app_name = "methodologies"
urlpatterns = [
    path("methodologies/", public.methodology_list, name="list"),
    path("methodologies/propose/", proposal.methodology_propose, name="propose"),
    path("methodologies/cases/<int:pk>/", detail.methodology_case, name="case"),
    path("methodologies/cases/<int:pk>/edit/", proposal.methodology_edit, name="edit"),
    path("methodologies/cases/<int:pk>/spreadsheet/<str:access>/", detail.methodology_document, name="document"),
    path("methodologies/cases/<int:pk>/calculator/", calculator.calculator, name="calculator"),
    path("methodologies/cases/<int:pk>/submit/", proposal.methodology_submit, name="submit"),
    path("methodologies/cases/<int:pk>/withdraw/", proposal.methodology_withdraw, name="withdraw"),
    path("methodologies/cases/<int:pk>/accept/", secretariat.methodology_accept, name="accept"),
    path("methodologies/cases/<int:pk>/return/", secretariat.methodology_return, name="return"),
    path("methodologies/cases/<int:pk>/withdrawals/", secretariat.withdrawal_propose, name="withdrawal"),
    path(
        "methodologies/cases/<int:pk>/withdrawals/<int:withdrawal>/take-back/",
        secretariat.withdrawal_take_back,
        name="withdrawal-take-back",
    ),
    path("methodologies/<str:number>/revise/", proposal.methodology_revise, name="revise"),
    path("methodologies/<str:number>/<str:version>/", detail.methodology_detail, name="detail"),
]
