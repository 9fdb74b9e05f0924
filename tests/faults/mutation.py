"""Code broken on purpose: a module's source is changed while it is imported, and never on disk."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).parents[2]
TIEOUT = "layers/tieout/python"
# What is imported already can't be changed any more.
_TOO_LATE = ("tieout", "functions")


@dataclass(frozen=True)
class Edit:
    """One exact replacement: `old` occurs just once in the file, which is named from the project's root."""

    file: str
    old: str
    new: str

    @property
    def module(self) -> str:
        """What the file is imported as."""
        return self.file.removeprefix(f"{TIEOUT}/").removesuffix(".py").replace("/", ".")

    def source(self) -> str:
        """The file's text as it stands."""
        return (ROOT / self.file).read_text(encoding="utf-8")

    def applied(self, source: str) -> str:
        """The text with the replacement; raises ValueError unless it fits exactly once."""
        if source.count(self.old) != 1:
            raise ValueError(
                f"{self.file} has this text {source.count(self.old)} times: {self.old}"
            )
        return source.replace(self.old, self.new)


def apply(edits: Sequence[Edit]) -> None:
    """From here on, import the edited modules in their place; raises RuntimeError when it is too late."""
    early = [name for name in _TOO_LATE if name in sys.modules]
    if early:
        raise RuntimeError(f"{' and '.join(early)} were imported before they could be broken.")
    sys.meta_path.insert(0, _Finder(edits))


class _Finder(MetaPathFinder):
    """Finds the edited modules where they are, and loads them otherwise."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = edits

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        edits = [edit for edit in self._edits if edit.module == fullname]
        spec = PathFinder.find_spec(fullname, path, target) if edits else None
        if spec is None or spec.origin is None:
            return None
        spec.loader = _Loader(fullname, spec.origin, edits)
        return spec


class _Loader(SourceFileLoader):
    """Compiles the edited source; neither reads nor writes a cache of compiled code."""

    def __init__(self, fullname: str, path: str, edits: Sequence[Edit]) -> None:
        super().__init__(fullname, path)
        self._edits = edits

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_source(fullname) or ""
        for edit in self._edits:
            source = edit.applied(source)
        return compile(source, self.get_filename(fullname), "exec", dont_inherit=True)
