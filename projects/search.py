"""How words find a project."""

from django.db.models import QuerySet

from core.search import similar, words
from parties.models import Partnership
from parties.search import country_like, organisation_like
from projects.models import Project, ProjectParticipant


def search(projects: QuerySet[Project], text: str) -> QuerySet[Project]:
    """Keep the projects in which each word is like one of the title, number, participants or partner country.

    Each of them is looked up through its own index.
    """
    for word in words(text):
        everything = Project.objects.order_by()
        titled = everything.filter(similar("title", word)).values("pk")
        numbered = everything.filter(number__startswith=word.upper()).values("pk")
        there = everything.filter(partnership__in=Partnership.objects.filter(country_like(word, "host__")))
        taking_part = ProjectParticipant.objects.order_by().filter(organisation_like(word, "organisation__name"))
        found = titled.union(numbered, there.values("pk"), taking_part.values("project_id"))
        projects = projects.filter(pk__in=found)
    return projects
