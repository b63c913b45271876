"""People, events with their deliveries, number series, documents and import runs."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """Where a record came from. Demonstration records are labelled and left out of totals once real ones exist."""

    ENTERED = "entered", _("Entered in this system")
    PUBLIC_RECORD = "public_record", _("Public record")
    DEMONSTRATION = "demonstration", _("Demonstration")


def source_field() -> "models.CharField[str, str]":
    """Return the `source` column that every record of the mechanism carries."""
    return models.CharField(_("source"), max_length=16, choices=Source.choices, default=Source.ENTERED)


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What the person may do follows from role assignments, never from flags here."""

    hidden_from_changes = ("password", "last_login")

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=8, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    source = source_field()
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("person")

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @property
    def record_source(self) -> str:
        """What this person enters is a demonstration when the person is one."""
        return Source.DEMONSTRATION if self.source == Source.DEMONSTRATION else Source.ENTERED


class Desk(models.Model):
    """How a person keeps up with the inbox: the address of the calendar, the digest, and when it was last looked at."""

    keeps_changes = False  # a look is no act

    class Digest(models.TextChoices):
        """How often a letter lists what waits."""

        NONE = "none", _("Never")
        DAILY = "daily", _("Every morning when something waits")
        WEEKLY = "weekly", _("On Monday mornings when something waits")

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="desk")
    calendar_key = models.CharField(max_length=43, null=True, unique=True)
    digest = models.CharField(_("digest by e-mail"), max_length=8, choices=Digest.choices, default=Digest.NONE)
    digest_sent_on = models.DateField(null=True)
    looked_at = models.DateTimeField(null=True)
    # The look before the present one: what came since then is new.
    looked_before = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.user)


class AppendOnly(models.Model):
    """Rows that are written once. The application's database role gets no UPDATE, DELETE or TRUNCATE on them."""

    class Meta:
        abstract = True


class DatabaseTransaction(models.Func):
    """The number of PostgreSQL's transaction, by which an event finds the rows that it changed."""

    function = "txid_current"
    output_field = models.BigIntegerField()


class Event(AppendOnly):
    """What happened, in words: who did what to which record, when and why. Kept for ever.

    There are no foreign keys to the subject on purpose: the story can neither block a record nor vanish with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=64)
    subject_label = models.CharField(max_length=300)
    # A trigger keeps the person (sql/people.sql).
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=Now())
    # None for what happened before rows were kept.
    database_transaction = models.BigIntegerField(null=True, db_default=DatabaseTransaction(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "at"], name="core_event_subject"),
            models.Index(fields=["name", "at"], name="core_event_name"),
            models.Index(F("at").desc(nulls_last=True), F("id").desc(), name="core_event_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_label}"


class RowChange(AppendOnly):
    """What one row said before and after: all of it where it came or went, else the columns that changed.

    PostgreSQL writes it (sql/changes.sql), so it tells also of what no event explains.
    """

    written_by_trigger = True

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    database_transaction = models.BigIntegerField(db_index=True)
    signed_in_as = models.CharField(max_length=63)
    subject_table = models.CharField(max_length=63)
    subject_id = models.CharField(max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_table", "subject_id", "at"], name="core_change_subject"),
            models.Index(F("at").desc(nulls_last=True), F("id").desc(), name="core_change_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_table} {self.subject_id}"


class Delivery(models.Model):
    """One event waiting for one subscriber. The row and the subscriber's effect commit together."""

    keeps_changes = False  # a step of the machine, not of a person

    # Written together with its event, which stays for ever.
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="deliveries", db_index=False, db_constraint=False
    )
    subscriber = models.CharField(max_length=120)
    queue = models.CharField(max_length=32, default="default")
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="core_delivered_once_per_subscriber")
        ]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(delivered_at=None), name="core_delivery_waiting")]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.subscriber}"


class NumberSeries(models.Model):
    """The next human number of one series, for example the projects of Viet Nam. Numbers are never reused."""

    keeps_changes = False  # the record that took the number tells of it

    key = models.CharField(max_length=80, primary_key=True)
    next = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "number series"

    def __str__(self) -> str:
        return f"{self.key}: {self.next}"


class Document(models.Model):
    """A filed document with a public rendition, a restricted one, or both."""

    title = models.CharField(_("title"), max_length=300)
    source = source_field()
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class Rendition(AppendOnly):
    """One file of a document. Content-addressed: the same bytes are stored once."""

    class Access(models.TextChoices):
        """Who may open it."""

        PUBLIC = "public", _("Public")
        RESTRICTED = "restricted", _("Restricted")

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="renditions")
    access = models.CharField(max_length=16, choices=Access.choices)
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "access"], name="core_one_rendition_per_access"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="core_rendition_has_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.access})"

    @property
    def kind(self) -> str:
        """How a link to it is marked: restricted, pdf, xlsx or text."""
        if self.access == self.Access.RESTRICTED:
            return "restricted"
        if self.media_type == "application/pdf":
            return "pdf"
        return "xlsx" if "spreadsheet" in self.media_type else "text"


class ImportRun(models.Model):
    """One finished load of public records: the date of the data shown, and the report of the rows."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    report = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(finished_at__gte=F("started_at")), name="core_import_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d %H:%M}"
