"""The words around the code are true: commands, folders, links, settings and locks."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "agent/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
# [words](target): the target without its #section, and none that is an address.
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")
WRITTEN = {".md", ".toml", ".txt", ".json", ".py", ".yaml", ".cfg", ""}
MADE = {".venv", "build", "cdk.out", "node_modules", ".git", "__pycache__", ".hypothesis"}


def text_files(folder: Path = ROOT) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name in MADE or entry.name.endswith("_cache"):
            continue
        if entry.is_dir():
            yield from text_files(entry)
        elif entry.suffix in WRITTEN and not entry.name.startswith(".coverage"):
            yield entry


def test_every_make_target_has_a_help_line():
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)

    assert phony
    for target in phony[1].split():
        assert re.search(rf"^{target}:.*## \w", MAKEFILE, re.MULTILINE), target


def test_every_command_in_the_readme_is_a_make_target():
    commands = set(re.findall(r"^make ([a-z-]+)$|`make ([a-z-]+)", README, re.MULTILINE))

    assert commands
    for target in {first or second for first, second in commands}:
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


def test_every_folder_of_the_map_is_there():
    folders = re.findall(r"^\| `([^`]+/)` \|", README, re.MULTILINE)

    assert len(folders) >= 8
    for folder in folders:
        assert (ROOT / folder).is_dir(), folder


def test_every_link_from_page_to_page_leads_to_a_file():
    links = [(page, found[1]) for page in PAGES for found in LINK.finditer(page.read_text("utf-8"))]
    dead = [(page, link) for page, link in links if not (page.parent / link).is_file()]

    assert links
    assert dead == []


def test_the_readme_fits_on_a_few_screens():
    assert len(README.splitlines()) < 150


@pytest.mark.parametrize(
    "lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda p: p.name
)
def test_every_locked_package_has_a_hash_and_no_address(lock: Path):
    text = lock.read_text(encoding="utf-8")
    packages = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]

    assert packages
    assert "://" not in text
    for line in packages:
        assert re.search(r"==\S+.*\\$", line), line
    assert text.count("--hash=sha256:") >= len(packages)


def test_no_file_of_the_project_names_a_package_registry():
    registry = re.compile(
        "|".join(["pypi" + r"\.org", "npmjs" + r"\.(org|com)", "python" + "hosted"])
    )
    guilty = [f for f in text_files() if registry.search(f.read_text(encoding="utf-8"))]

    assert guilty == []


def test_no_file_switches_certificate_checks_off():
    switched_off = re.compile(r"verify\s*=\s*" + "False")
    code = (f for f in text_files() if f.suffix == ".py")
    guilty = [f for f in code if switched_off.search(f.read_text(encoding="utf-8"))]

    assert guilty == []
