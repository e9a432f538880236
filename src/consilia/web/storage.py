"""Static files under names with a hash of their content, ES modules included, so that they can be kept for ever.

The viewer of images is apart: its builder has put hashes into the names of its parts, and only its first file is asked
for anew each time.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any, Final

from whitenoise.storage import CompressedManifestStaticFilesStorage

VIEWER: Final = "viewer/"


class HashedStatic(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    support_js_module_import_aggregation = True
    manifest_strict = False

    def post_process(self, paths: MutableMapping[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        viewer = [name for name in paths if name.startswith(VIEWER)]
        for name in viewer:
            del paths[name]
        yield from super().post_process(paths, dry_run, **options)
        if not dry_run:
            for name, compressed in self.compress_files(viewer):
                yield name, compressed, True

    def stored_name(self, name: str) -> str:
        """The hashed name; a file that was added after set-up keeps its own, for no page may break over it."""
        if name.startswith(VIEWER):
            return name
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name
