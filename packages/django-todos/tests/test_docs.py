"""The documentation says what the code does: each table is compared with what it describes."""

from __future__ import annotations

import configparser
import importlib
import inspect
import re
import shlex
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import get_commands, load_command_class
from django.dispatch import Signal
from django.template import engines
from django.utils.module_loading import import_string
from packaging.requirements import Requirement

import django_todos
from django_todos import models, quickadd, signals, testing, urls
from django_todos.checks import check_settings
from django_todos.conf import Settings
from django_todos.dates import Moment
from django_todos.templatetags.django_todos import register

DOCS = Path(__file__).parent.parent / "docs"
CODE = Path(django_todos.__file__).parent


def first_cells(page: str, section: str = "") -> list[str]:
    """What stands in code marks in the first cell of each table row, of a page or of one of its sections."""
    text = (DOCS / page).read_text(encoding="utf-8")
    if section:
        text = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def test_settings() -> None:
    assert set(first_cells("settings.md")) == {
        f"TODOS_{name}" for name in vars(Settings) if name.isupper()
    }


def test_setting_defaults() -> None:
    defaults = Settings()
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    for name, value in re.findall(r"^\| `TODOS_(\w+)` \| `(\d+)` \|", text, re.MULTILINE):
        assert getattr(defaults, name) == int(value)


def test_checks() -> None:
    ids = set(
        re.findall(r"django_todos\.[EW]\d{3}", (CODE / "checks.py").read_text(encoding="utf-8"))
    )
    assert set(first_cells("checks.md")) == ids


def test_signals() -> None:
    known = {name for name, value in vars(signals).items() if isinstance(value, Signal)}
    assert set(first_cells("signals.md")) == known


def base_css() -> str:
    """Where the properties are declared."""
    css = (CODE / "static/django_todos/css/base.css").read_text(encoding="utf-8")
    defaults = css[css.index(":where(:root) {") :]
    return defaults[: defaults.index("}")]


def declared() -> set[str]:
    """The names of those that hosts may set."""
    return set(re.findall(r"--todos-([a-z0-9-]+):", base_css()))


def test_custom_properties() -> None:
    """Every property that the stylesheet declares for hosts is documented, and nothing else is."""
    documented = set(first_cells("templates.md", "Custom properties"))
    if {"1", "7"} <= documented:
        documented |= {str(step) for step in range(1, 8)}
    assert documented == declared()


# Run as projects of their own, by tests/hosts/.
IN_HOSTS = {"allauth.md", "drf.md", "tutorial.md", "wagtail.md"}
# What such a block holds is run by the tests of languages and of the exchange, or is Sphinx's own.
NOT_RUN = {"json", "po", "{toctree}"}
# How many samples of a page no test runs; beside each stands why.
LEFT_OUT = {"wagtail.md": 1, "writing.md": 2}
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^# ([\w/]+\.py).*$", re.MULTILINE)
PAGES = [*sorted(DOCS.glob("*.md")), DOCS.parent / "README.md"]


class Page:
    """One page's samples, from top to bottom: as a reader would, who has put the ones before into their project."""

    def __init__(self, path: Path, folder: Path, project: Any) -> None:
        self.folder, self.project = folder, project
        self.said: dict[str, Any] = {
            "user": testing.make_user("dora"),
            "order": Group.objects.create(name="Order 7"),
        }
        self.left_out = self.commands = 0
        for info, text in FENCE.findall(path.read_text(encoding="utf-8")):
            kind, _space, why = info.partition(" ")
            if why:
                assert re.fullmatch(r"no-run: .{10,}", why), f"{info}: say why it is not run"
                self.left_out += 1
            elif kind not in NOT_RUN:
                getattr(self, f"run_{kind.partition('+')[0]}")(text)

    def run_python(self, text: str) -> None:
        """Lines of a shell; files that a comment names are written and imported; settings are set, and checked."""
        names = [*FILE.finditer(text)]
        if not names:
            exec(compile(text, "sample", "exec"), self.said)
        ends = [name.start() for name in names[1:]] + [len(text)]
        for name, end in zip(names, ends, strict=False):
            file = text[name.end() : end]
            if name[1].rpartition("/")[2] in ("settings.py", "urls.py"):
                found: dict[str, Any] = {"INSTALLED_APPS": [], "BASE_DIR": self.folder}
                exec(compile(file, name[1], "exec"), found)
                for key in found:
                    if key.startswith("TODOS_"):
                        setattr(self.project, key, found[key])
                for task in found.get("CELERY_BEAT_SCHEDULE", {}).values():
                    import_string(task["task"])()
                continue
            path = self.folder / name[1]
            path.parent.mkdir(exist_ok=True)
            with path.open("a", encoding="utf-8") as written:
                written.write(file)
            module = name[1].removesuffix(".py").replace("/", ".")
            sys.modules.pop(module, None)
            importlib.invalidate_caches()
            importlib.import_module(module)

    def run_html(self, text: str) -> None:
        """It is a template; what it shows is the matter of the tests of the tags."""
        engines["django"].from_string(text)

    def run_console(self, text: str) -> None:
        """Each command of manage.py is there, and knows these arguments."""
        for line in text.replace("\\\n", "").splitlines():
            words = shlex.split(line, comments=True)
            if words[:2] == ["python", "manage.py"]:
                self.commands += 1
                app = get_commands()[words[2]]
                command = load_command_class(app, words[2]) if isinstance(app, str) else app
                command.create_parser("manage.py", words[2]).parse_args(words[3:])

    def run_ini(self, text: str) -> None:
        """A unit of systemd's: what it starts is a command of manage.py."""
        unit = configparser.ConfigParser()
        unit.read_string(text)
        self.run_console("python " + unit["Service"]["ExecStart"].partition("/bin/python ")[2])

    def run_text(self, text: str) -> None:
        """Lines of a crontab: five fields of a time, and a command of manage.py. Or requirements: this release is one."""
        for line in text.splitlines():
            if when := re.match(r"[\d*/,-]+( [\d*/,-]+){4} cd ", line):
                self.run_console("python " + line[when.end() :].partition("bin/python ")[2])
            else:
                assert Requirement(line).specifier.contains(django_todos.__version__)

    def run_css(self, text: str) -> None:
        """Properties that are there, and colours that can be read in light and in dark."""
        given = dict(re.findall(r"--todos-([a-z0-9-]+):\s*([^;]+);", text))
        assert given.keys() <= declared()
        css = base_css()
        known = {**dict(re.findall(r"--todos-([a-z0-9-]+):\s*([^;]+);", css)), **given}
        for over, under in [("on-accent", "accent"), ("accent", "bg"), ("text", "bg"), ("text-2", "bg"),
                            ("text", "selected"), ("text-2", "bg-side"), ("accent", "selected")]:  # fmt: skip
            for scheme in (0, 1):
                pair = [re.findall(r"#[0-9a-f]{6}", known[name])[scheme] for name in (over, under)]
                assert contrast(*pair) >= 4.5, (over, under, *pair)


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours."""
    lights = []
    for color in (one, other):
        channels = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
    return max(lights) / min(lights)


@pytest.fixture
def run(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Runs a page's samples; what they made is gone afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    celery = SimpleNamespace(shared_task=lambda **options: lambda task: task)
    monkeypatch.setitem(sys.modules, "celery", celery)  # needs a broker only to wait for the time
    before = set(sys.modules)
    yield lambda path: Page(path, tmp_path, settings)
    for name in set(sys.modules) - before:
        if name.startswith("shop"):
            del sys.modules[name]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_sample_of_a_page_runs(path: Path, run: Any) -> None:
    if path.name in IN_HOSTS:
        tests = "".join(one.read_text() for one in (DOCS.parent / "tests/hosts").glob("test_*.py"))
        assert f'"{path.name}"' in tests
        return
    page = run(path)
    assert page.left_out == LEFT_OUT.get(path.name, 0)
    assert check_settings(None) == []


@pytest.mark.django_db
def test_each_way_to_run_the_worker_is_one(run: Any, caplog: Any) -> None:
    assert run(DOCS / "worker.md").commands == 4
    import_string("shop.tasks.todos_worker")()
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


@pytest.mark.django_db
def test_writing_from_code_does_what_it_says(run: Any) -> None:
    said = run(DOCS / "writing.md").said
    said["inbox"].refresh_from_db()
    assert said["inbox"].open_count == 0 and said["page"].status_code == 200
    assert list(said["made"]) == ["Move house", "Pack the books", "Cancel the power"]


def test_pictures_and_ways_lead_somewhere() -> None:
    """Within the pages; the README's are absolute, since it is shown elsewhere, too."""
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for way in re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", FENCE.sub("", text)):
            if path.name == "README.md":
                assert way.startswith("https://"), way
                inside = way.partition("/main/packages/django-todos/")[2]
                assert not inside or (DOCS.parent / inside).exists(), way
            elif "://" not in way:
                assert (DOCS / way).exists(), (path.name, way)


IN_LISTS = {"first_of_each", "in_lists", "keys_of_first"}
# Methods that have no underscore because other modules of the package call them.
INTERNAL = {
    "TodoList": {"about_nothing", "can_recover", "erase", "lock", "recoverable_by"},
    "Todo": IN_LISTS | {
        "above", "below", "bulk_create", "create", "due_by", "completions_of_rule", "fits", "fits_under", "neighbour", "repeat_anchor", "reschedule",
        "siblings",
    },
    "Label": IN_LISTS | {"key_of", "merge", "named", "named_in", "names_of"},
    "Membership": {"move_by_one", "place"},
    "Invitation": {"block", "by_token", "is_blocked", "is_for", "is_open", "key_of", "prune", "renew_token", "undo"},
    "Reminder": {"key", "moment"},
    "Action": {"todos_now", "list_ids", "member_change", "prune", "todo_ids", "tree_now", "told_in", "told_of"},
    "Completion": IN_LISTS | {"told_of"},
    "Moment": {"stored"},
}  # fmt: skip


def own_names(cls: type, prefix: str) -> set[str]:
    """Methods and properties that the package itself gives a class."""
    kinds = (property, cached_property, classmethod, staticmethod)
    return {
        f"{prefix}.{name}"
        for one in cls.__mro__
        if one.__module__.startswith("django_todos.")
        for name, value in vars(one).items()
        if not name.startswith("_") and (isinstance(value, kinds) or inspect.isfunction(value))
        if name != "save" and name not in INTERNAL.get(prefix.split(".")[0], ())
    }


def test_api_of_the_models() -> None:
    """Each public method is documented, and what is documented is there."""
    documented = {name for name in first_cells("api.md", "Models") if "." in name}
    expected = set()
    for name in {one.split(".")[0] for one in documented}:
        model = getattr(models, name)
        expected |= own_names(model, name)
        if not hasattr(model, "objects"):  # no table
            continue
        queryset = type(model.objects.all())
        expected |= own_names(type(model.objects), f"{name}.objects")
        expected |= own_names(queryset, f"{name}.objects")
    assert documented == expected


def test_api_beside_the_models() -> None:
    """Importable, and nothing that is not a model or a type of ours is left out by its kind."""
    documented = {name for name in first_cells("api.md", "Models") if "." not in name}
    assert documented <= set(models.__all__)
    raised = {
        name
        for name in models.__all__
        if inspect.isclass(getattr(models, name)) and issubclass(getattr(models, name), Exception)
    }
    assert raised <= documented


@pytest.mark.parametrize(
    ("section", "there"),
    [
        ("Moment", own_names(Moment, "Moment")),
        ("Quick add", set(quickadd.__all__)),
        ("Testing", {n for n, v in vars(testing).items() if getattr(v, "__module__", "") == testing.__name__}),
        ("URL names", {pattern.name for pattern in urls.urlpatterns}),
        ("Tags", {*register.tags, *register.filters}),
    ],
)  # fmt: skip
def test_api(section: str, there: set[str]) -> None:
    """What stays is what is there, name by name."""
    assert set(first_cells("api.md", section)) == there


def test_api_of_the_commands() -> None:
    ours = {name for name, app in get_commands().items() if app == "django_todos"}
    assert set(first_cells("api.md", "Commands")) == ours


def test_api_of_the_templates() -> None:
    """Every block of the two bases, and parts that are there."""
    folder = CODE / "templates" / "django_todos"
    bases = (folder / "base.html").read_text() + (folder / "bare.html").read_text()
    assert set(first_cells("api.md", "Blocks")) == set(re.findall(r"{% block (\w+) %}", bases))
    for part in first_cells("api.md", "Parts"):
        assert (folder / "parts" / f"{part}.html").exists(), part
