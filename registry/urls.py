"""Addresses of the registry's pages."""

from django.urls import path

from registry.views import administrator, public, reports

app_name = "registry"
urlpatterns = [
    path("credits/", public.credit_list, name="credits"),
    path("credits/<str:serial>/", public.credit_detail, name="credit-detail"),
    path("registries/", reports.registry_list, name="registries"),
    path("registries/<str:code>/", reports.registry_detail, name="registry"),
    path("registries/<str:code>/<slug:name>.<slug:file_format>", reports.report, name="report"),
    path("registry/queue/", administrator.queue, name="queue"),
    path("registry/legs/<int:pk>/", administrator.leg, name="leg"),
    path("registry/legs/<int:pk>/propose/", administrator.leg_propose, name="leg-propose"),
    path("registry/legs/<int:pk>/send-back/", administrator.leg_send_back, name="leg-send-back"),
    path("registry/legs/<int:pk>/approve/", administrator.leg_approve, name="leg-approve"),
]
