"""Static files under names with a hash of their content, ES modules included, so that they can be kept for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    support_js_module_import_aggregation = True
    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """The hashed name; a file that was added after set-up keeps its own, for no page may break over it."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name
