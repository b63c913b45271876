"""The environment that the settings read, filled for one machine; what is already given stays."""

import os
from pathlib import Path

from jcm.local.errors import LocalError
from jcm.local.places import secret_key

REAL_SERVERS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS")
# An address that nobody answers, for commands that need no database: Django only wants it to be well formed.
NOWHERE = {"DATABASE_URL": "postgresql://jcm_app@localhost:1/jcm", "REDIS_URL": "redis://localhost:1/0"}


def is_local() -> bool:
    """Tell whether this machine's embedded servers are meant; any given setting of a real server says no."""
    mode = os.environ.get("JCM_MODE")
    return mode == "local" or (not mode and not any(os.environ.get(name) for name in REAL_SERVERS))


def local_defaults(home: Path, port: str = "8000") -> dict[str, str]:
    """Return the settings of the local mode apart from the servers' addresses."""
    given = os.environ.get("SECRET_KEY")
    return {
        "JCM_MODE": "local",
        "SECRET_KEY": given or secret_key(home),
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "STATIC_ROOT": str(home / "static"),
        "MEDIA_ROOT": str(home / "media"),
        "SITE_URL": f"http://127.0.0.1:{port}",
    }


def fill(values: dict[str, str]) -> None:
    """Put the values into the environment where it has none."""
    for name, value in values.items():
        if not os.environ.get(name):
            os.environ[name] = value


def require() -> None:
    """Stop with a sentence when a setting of a real server is missing."""
    for name in REAL_SERVERS:
        if not os.environ.get(name):
            raise LocalError(f"The setting {name} is missing: a production site needs it in the environment.")
