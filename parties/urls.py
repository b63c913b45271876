"""Addresses of the public lists of countries and third-party entities."""

from django.urls import path

from parties.views import public

app_name = "parties"
urlpatterns = [
    path("countries/", public.country_list, name="countries"),
    path("tpes/", public.designation_list, name="tpes"),
]
