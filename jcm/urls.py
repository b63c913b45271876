"""Every address of the site."""

from django.urls import include, path
from oauth2_provider.views import RevokeTokenView, TokenView

import committee.urls
import methodologies.urls
import parties.urls
import projects.urls
import registry.urls
from jcm import api, audit, calendar, letters, views
from jcm.address import address
from jcm.design import Gallery
from jcm.dossier import views as dossier
from jcm.inbox import inbox

# The page of a country, or of a third-party entity, shows what every app knows, so its view lives at the top.
parties_urls = [
    *parties.urls.urlpatterns,
    path("countries/<slug:slug>/", views.country, name="country"),
    path("tpes/<str:number>/", views.entity, name="tpe"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("statistics/credits-by-year.csv", views.credits_by_year, name="credits-by-year"),
    path("inbox/", inbox, name="inbox"),
    path("cases/<str:number>/dossier/", dossier.dossier, name="dossier"),
    path("cases/<str:number>/dossier/changes/<int:pk>/", dossier.dossier_change, name="dossier-change"),
    path("cases/<str:number>/dossier.pdf", dossier.dossier_paper, name="dossier-paper"),
    path("cases/<str:number>/dossier.zip", dossier.dossier_file, name="dossier-file"),
    path("cases/<str:number>/letters/<int:pk>-<slug:language>.pdf", letters.case_letter, name="case-letter"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/address/", calendar.renew, name="calendar-renew"),
    path("calendar/address/close/", calendar.close, name="calendar-close"),
    path("calendar/<str:key>.ics", calendar.feed, name="calendar-feed"),
    path("audit/", audit.event_list, name="audit"),
    path("audit/changes/", audit.change_list, name="audit-changes"),
    path("design/", Gallery.as_view(), name="design"),
    path("problems/", views.problems, name="problems"),
    path("problems/<slug:code>", views.problems, name="problem"),
    path("robots.txt", views.robots, name="robots"),
    path("", include((parties_urls, "parties"))),
    path("", include(methodologies.urls)),
    path("", include(projects.urls)),
    path("", include(registry.urls)),
    path("", include(committee.urls)),
    path("oauth/token/", TokenView.as_view(), name="oauth-token"),
    path("oauth/revoke/", RevokeTokenView.as_view(), name="oauth-revoke"),
    path("api/docs/", api.Docs.as_view(), name="api-docs"),
    path("api/v1/schema/", api.Schema.as_view(), name="api-schema"),
    path("api/v1/", include((api.router.urls, "api"))),
    path("accounts/email/", address, name="account_email"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]

handler404 = "jcm.views.not_found"
handler500 = "jcm.views.server_error"
