"""Static files under names that carry their digest, compressed once when they are collected."""

from typing import Any

from whitenoise.compress import Compressor  # type: ignore[import-untyped]
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Compresses with gzip alone.

    Brotli saves some per cent more and takes a minute of processor time for the API's documentation pages; and
    whether it is installed would decide what a site serves.
    """

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return Compressor(use_brotli=False, **kwargs)
