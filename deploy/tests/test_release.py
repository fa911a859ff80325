"""Version, tag and changelog agree or it stops; tags of the image; equal builds."""

from __future__ import annotations

from pathlib import Path

import pytest
import release

CHANGELOG = """# Changelog

## [Unreleased]

## [1.2.0] - 2026-12-01

### Added

- A thing.

## [1.1.0] - 2026-11-01

- Older.
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    return tmp_path


def test_all_agree(package):
    assert release.check("v1.2.0", package) == "1.2.0"
    assert release.section("1.2.0", package)[1] == "### Added\n\n- A thing."


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ("v1.3.0", "pyproject.toml says 1.2.0"),
        ("1.2.0", "no release tag"),
        ("v1.2", "no release tag"),
        ("v1.2.0-beta", "no release tag"),
    ],
)
def test_tag_that_disagrees(package, tag, reason):
    with pytest.raises(release.Disagreement, match=reason):
        release.check(tag, package)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[1.2.0] - 2026-12-01", "[1.2.0] - Unreleased", "a release has a day"),
        ("## [1.2.0]", "## [1.2.1]", "no section for 1.2.0"),
        ("### Added\n\n- A thing.\n", "", "says nothing"),
    ],
)
def test_changelog_that_disagrees(package, old, new, reason):
    path = package / "CHANGELOG.md"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(release.Disagreement, match=reason):
        release.check("v1.2.0", package)


def test_tags_of_the_image():
    assert release.tags("v1.2.3") == ["1.2.3", "1.2", "latest"]
    assert release.tags("v1.2.3rc1") == ["1.2.3rc1"]


def test_equal_builds(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.whl").write_bytes(b"same")
    release.same(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b" / "x.whl").write_bytes(b"other")
    with pytest.raises(release.Disagreement):
        release.same(tmp_path / "a", tmp_path / "b")


def test_empty_builds_are_not_equal(tmp_path):
    with pytest.raises(release.Disagreement):
        release.same(tmp_path, tmp_path)


def test_this_repository_has_a_section_for_its_version():
    version = release.tomllib.loads((release.PACKAGE / "pyproject.toml").read_text())
    assert release.section(version["project"]["version"])[1]


def test_reason_is_one_line(capsys):
    assert release.main(["check", "v99.0.0"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
