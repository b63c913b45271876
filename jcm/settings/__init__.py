"""Every setting of the site, read once from the environment.

`manage.py` and `run.py` fill the environment for the embedded servers of one machine; a production
process is given DATABASE_URL, REDIS_URL, SECRET_KEY and ALLOWED_HOSTS, and stops with a sentence that names
the one that is missing.
"""

import base64
import hashlib
import re
from pathlib import Path
from urllib.parse import unquote, urlparse

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from jcm import database

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()


def _required(name: str, example: str) -> str:
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"The setting {name} is missing: set the environment variable, for example {name}={example}"
        )
    return value


# "local" is set by manage.py and run.py for the embedded servers, "test" by the test plugin.
MODE: str = env.str("JCM_MODE", default="production")
LOCAL = MODE in {"local", "test"}
DEBUG = False
SECRET_KEY = _required("SECRET_KEY", "a long random text")
ALLOWED_HOSTS: list[str] = [h for h in _required("ALLOWED_HOSTS", "registry.example.org").split(",") if h]
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# How many reverse proxies stand before the web server, each adding to X-Forwarded-For whom it was asked by.
PROXIES: int = env.int("PROXIES", default=0)
SITE_URL: str = env.str("SITE_URL", default="http://127.0.0.1:8000")

# --- database ---------------------------------------------------------------------------------------------------
# DATABASE_URL signs in as the application's role; DATABASE_OWNER_URL as the owner, used by `migrate` alone.
APP_ROLE: str = env.str("DATABASE_APP_ROLE", default="jcm_app")


def _database(url: str) -> dict[str, object]:
    parts = urlparse(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # netloc, not hostname: urlparse lower-cases the latter, and a socket's path is case-sensitive
        "HOST": unquote(re.sub(r":\d+$", "", parts.netloc.rpartition("@")[2])),
        "PORT": str(parts.port or ""),
    }


DATABASES = {
    "default": {
        **_database(_required("DATABASE_URL", "postgresql://jcm_app:secret@db/jcm")),
        "CONN_HEALTH_CHECKS": MODE != "test",
        "OPTIONS": {
            # PostgreSQL plans a statement once instead of each time.
            "prepare_threshold": 3,
            "server_side_binding": True,
            **({"pool": database.POOL} if MODE != "test" else {}),
        },
        "DISABLE_SERVER_SIDE_CURSORS": False,
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- queue and cache --------------------------------------------------------------------------------------------
REDIS_URL = _required("REDIS_URL", "redis://redis:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
# A publisher waits briefly for the broker and then leaves the work to the sweeper: the row is already committed.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
CELERY_TIMEZONE = "UTC"
# Deliveries that follow each other more closely than this are announced together (core/tasks.py).
OUTBOX_INTERVAL_SECONDS = 0.0 if MODE == "test" else 0.25
CELERY_BEAT_SCHEDULE = {
    "deliver what the broker lost": {"task": "core.tasks.sweep", "schedule": 5.0},
    "number the new entries of the logs": {"task": "registry.tasks.seal_logs", "schedule": 1.0},
    "sign the logs though nothing happened": {"task": "registry.tasks.sign_logs", "schedule": 3600.0},
    "move credits whose waiting time is over": {"task": "registry.tasks.move_due_credits", "schedule": 30.0},
    "compare with registries kept elsewhere": {"task": "registry.tasks.reconcile", "schedule": 3600.0},
    "write to people what waits for them": {"task": "jcm.tasks.send_digests", "schedule": 900.0},
    "close calls for public inputs whose time is over": {"task": "parties.tasks.close_due_calls", "schedule": 60.0},
    "close ballots whose time is over": {"task": "committee.tasks.close_due_ballots", "schedule": 60.0},
}

# --- applications -----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "jcm",
    "committee",
    "article6",
    "registry",
    "projects",
    "methodologies",
    "parties",
    "core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_cotton",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "oauth2_provider",
    "rest_framework",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "jcm.middleware.health",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # After WhiteNoise, which has its own compressed files. Django pads each answer against BREACH.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "jcm.urls"
WSGI_APPLICATION = "jcm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "jcm.context.site",
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "core.templatetags.jcm",
            ],
        },
    }
]
COTTON_DIR = "cotton"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- people and sign-in -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    # Tests make hundreds of people; everywhere else a password costs what Argon2 costs.
    f"django.contrib.auth.hashers.{'MD5' if MODE == 'test' else 'Argon2'}PasswordHasher"
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "inbox"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "jcm.accounts.InvitedOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are invited; they do not register themselves
ACCOUNT_CHANGE_EMAIL = True  # one address; another takes its place once its owner has confirmed it
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "JCM registry"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL  # localhost without TLS

# --- language and time ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ja", _("Japanese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
# Quantities get their separators from the `tonnes` filter; years and numbers of records must not.
USE_THOUSAND_SEPARATOR = False

# --- files ------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media")))
# Signed checkpoints of the registries' logs, as files that a web server or a mirror can take as they are.
LOG_ROOT = Path(env.str("LOG_ROOT", default=str(MEDIA_ROOT.parent / "transparency")))
# The seed of the Ed25519 key that signs them; on one machine it follows from the secret key.
LOG_SIGNING_KEY: str = (
    base64.b64encode(hashlib.sha256(f"log {SECRET_KEY}".encode()).digest()).decode()
    if LOCAL
    else _required("LOG_SIGNING_KEY", "32 random bytes in base64")
)
_S3_BUCKET = env.str("DOCUMENTS_BUCKET", default="")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "jcm.storage.StaticStorage"
    },
    # Documents are content-addressed and never served from a public URL of the store.
    "documents": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _S3_BUCKET,
            "endpoint_url": env.str("DOCUMENTS_ENDPOINT", default=None),
            "default_acl": None,
            "file_overwrite": False,
        },
    }
    if _S3_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT}},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# --- mail -------------------------------------------------------------------------------------------------------
if LOCAL:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
# The dotted name of a function that takes a file's bytes and returns the name of what it found in them, or nothing.
DOCUMENT_SCANNER = env.str("DOCUMENT_SCANNER", default="")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="registry@example.org")

# --- browser security -------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb")
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
if not LOCAL:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

# --- REST -------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.problems.exception_handler",
    "NUM_PROXIES": PROXIES,
    "DEFAULT_THROTTLE_RATES": {"registry": "600/min"},
}
# The toolkit's migrations name these, so that they are written down even where they are the defaults.
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oauth2_provider.AccessToken"  # noqa: S105 (a model)
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "oauth2_provider.RefreshToken"  # noqa: S105
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "oauth2_provider.IDToken"  # noqa: S105
OAUTH2_PROVIDER_GRANT_MODEL = "oauth2_provider.Grant"
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "oauth2_provider.DeviceGrant"
OAUTH2_PROVIDER = {
    "SCOPES": {
        "registry:read": "Read accounts and proposals",
        "registry:propose": "Propose movements of credits",
        "registry:approve": "Approve and reject movements of credits",
        "registry:exchange": "Exchange signed messages as a registry kept elsewhere",
    },
    "SCOPES_BACKEND_CLASS": "registry.api.clients.ClientScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 900,
    # RFC 9700, the security practice of OAuth 2.0: tokens as hashes, and none of the old grants.
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    **dict.fromkeys(
        [
            f"COMPLIANT_BCP_RFC9700_{practice}"
            for practice in (
                "ACCESS_TOKEN_TRANSPORT",
                "AUTHZ_RESPONSE_ISS",
                "IMPLICIT_GRANT",
                "PASSWORD_GRANT",
                "PKCE_METHOD",
                "PKCE_REQUIRED",
                "REDIRECT_URI_MATCHING",
                "REDIRECT_URI_SCHEME",
                "REFRESH_TOKEN",
                "TOKEN_STORAGE",
            )
        ],
        True,
    ),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "JCM registry API",
    "DESCRIPTION": "Public records of the Joint Crediting Mechanism. Quantities are whole tonnes of CO2 equivalent.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",  # operations are grouped by what follows
    "ENUM_NAME_OVERRIDES": {
        "AccountKindEnum": "registry.models.Account.Kind",
        "AccountStateEnum": "registry.workflow.AccountState",
        "DecisionItemKindEnum": "committee.models.DecisionItem.Kind",
        "DecisionModeEnum": "committee.models.Decision.Mode",
        "LegStateEnum": "registry.workflow.LegState",
        "ProposalStateEnum": "registry.workflow.ProposalState",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
