"""What is pinned is all that is needed, and all that is needed is pinned."""

import re
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.code import ROOT


def _pins(file: str) -> dict[str, Requirement]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]
    return {canonicalize_name(pin.name): pin for pin in pins}


def _needs(requirement: Requirement, seen: set[str]) -> None:
    """Adds everything that installing `requirement` brings along."""
    name = canonicalize_name(requirement.name)
    extras = ["", *requirement.extras]
    if name in seen and not requirement.extras:
        return
    seen.add(name)
    for line in metadata.requires(requirement.name) or []:
        need = Requirement(line)
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras):
            _needs(need, seen)


def _all_needs(pins: dict[str, Requirement]) -> set[str]:
    seen: set[str] = set()
    for pin in pins.values():
        if pin.marker is None or pin.marker.evaluate():
            _needs(pin, seen)
    return seen


def test_what_runs_is_pinned_with_everything_it_brings() -> None:
    pins = _pins("requirements.txt")
    assert _all_needs(pins) - pins.keys() == set()


def test_what_tests_is_pinned_with_everything_it_brings() -> None:
    pins = _pins("requirements.txt") | _pins("requirements-dev.txt")
    assert _all_needs(pins) - pins.keys() == set()


def test_a_pin_is_one_version() -> None:
    for name, pin in (_pins("requirements.txt") | _pins("requirements-dev.txt")).items():
        assert re.fullmatch(r"==[0-9a-z.]+", str(pin.specifier)), name


def test_the_installed_versions_are_the_pinned_ones() -> None:
    for pin in (_pins("requirements.txt") | _pins("requirements-dev.txt")).values():
        if pin.marker is None or pin.marker.evaluate():
            assert metadata.version(pin.name) in pin.specifier, pin.name
