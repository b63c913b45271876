"""Addresses of the projects' pages."""

from django.urls import path

from projects.views import public

app_name = "projects"
urlpatterns = [
    path("projects/", public.project_list, name="list"),
]
