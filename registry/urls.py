"""Addresses of the registry's pages."""

from django.urls import include, path

from registry.views import (
    accounts,
    administrator,
    authorizations,
    batches,
    certificates,
    freezes,
    movements,
    proposals,
    public,
    reports,
    statements,
)

app_name = "registry"
urlpatterns = [
    path("credits/", public.credit_list, name="credits"),
    path("credits/<str:serial>/", public.credit_detail, name="credit-detail"),
    path("certificates/<str:number>/", certificates.certificate, name="certificate"),
    path("certificates/<str:number>/<slug:language>.pdf", certificates.certificate_file, name="certificate-file"),
    path("registries/", reports.registry_list, name="registries"),
    path("registries/<str:code>/", reports.registry_detail, name="registry"),
    path("registries/<str:code>/<slug:name>.<slug:file_format>", reports.report, name="report"),
    path("registry/queue/", administrator.queue, name="queue"),
    path("registry/legs/<int:pk>/", administrator.leg, name="leg"),
    path("registry/legs/<int:pk>/propose/", administrator.leg_propose, name="leg-propose"),
    path("registry/legs/<int:pk>/send-back/", administrator.leg_send_back, name="leg-send-back"),
    path("registry/legs/<int:pk>/approve/", administrator.leg_approve, name="leg-approve"),
    path("registry/authorizations/", authorizations.authorization_list, name="authorizations"),
    path("registry/authorizations/new/", authorizations.authorization_record, name="authorization-record"),
    path("registry/authorizations/<int:pk>/", authorizations.authorization, name="authorization"),
    path(
        "registry/authorizations/<int:pk>/confirm/", authorizations.authorization_confirm, name="authorization-confirm"
    ),
    path("registry/authorizations/<int:pk>/revoke/", authorizations.authorization_revoke, name="authorization-revoke"),
    path("registry/approaches/<int:pk>/", authorizations.approach, name="approach"),
    path("registry/accounts/", accounts.account_list, name="accounts"),
    path("registry/accounts/<str:number>/", accounts.account, name="account"),
    path("registry/accounts/<str:number>/certify/", certificates.certify_holding, name="certify-holding"),
    path("registry/accounts/<str:number>/statement/", statements.account_statement, name="statement"),
    path("registry/accounts/<str:number>/movements/", accounts.movement_list, name="movements"),
    path("registry/accounts/<str:number>/transfer/", movements.movement, {"kind": "transfer"}, name="transfer"),
    path("registry/accounts/<str:number>/retire/", movements.movement, {"kind": "retirement"}, name="retire"),
    path("registry/accounts/<str:number>/cancel/", movements.movement, {"kind": "cancellation"}, name="cancel"),
    path("registry/accounts/<str:number>/batch/", batches.batch, name="batch"),
    path("registry/batch-templates/<slug:kind>.csv", batches.batch_template, name="batch-template"),
    path("registry/freezes/", freezes.freeze_list, name="freezes"),
    path("registry/freezes/new/", freezes.freeze_set, name="freeze-set"),
    path("registry/freezes/<int:pk>/propose-lift/", freezes.freeze_lift_propose, name="freeze-lift-propose"),
    path("registry/freezes/<int:pk>/lift/", freezes.freeze_lift, name="freeze-lift"),
    path("registry/freezes/<int:pk>/keep/", freezes.freeze_keep, name="freeze-keep"),
    path("registry/proposals/", proposals.proposal_list, name="proposals"),
    path("registry/proposals/<uuid:pk>/", proposals.proposal, name="proposal"),
    path("registry/proposals/<uuid:pk>/approve/", proposals.proposal_approve, name="proposal-approve"),
    path("registry/proposals/<uuid:pk>/reject/", proposals.proposal_reject, name="proposal-reject"),
    path("registry/proposals/<uuid:pk>/cancel/", proposals.proposal_cancel, name="proposal-cancel"),
    path("log/", include("registry.log.urls")),
]
