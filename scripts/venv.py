"""Makes .venv and installs the pinned packages, only when something changed. Runs on any Python.

    python3 scripts/venv.py [runtime|dev]

Standard library only and no modern syntax: an old Python must get as far as the sentence that says so.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

OLDEST = (3, 11)
NAMES = ("python3.13", "python3.12", "python3.11", "python3.14", "python3")
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")


def main(wanted):
    """Leaves a working .venv, or stops with one sentence."""
    if sys.version_info[:2] < OLDEST:
        _continue_with_a_newer_python()
    kinds = {"runtime": ["requirements.txt"], "dev": ["requirements.txt", "requirements-dev.txt"]}
    files = kinds[wanted]
    if _read(_stamp(wanted)) == _state(files):
        return
    _create()
    _install(files)
    for kind in ["runtime", wanted]:
        with open(_stamp(kind), "w") as file:
            file.write(_state(kinds[kind]))


def _stamp(kind):
    return os.path.join(VENV, "installed-" + kind)


def _continue_with_a_newer_python():
    for name in NAMES:
        path = shutil.which(name) if hasattr(shutil, "which") else None
        if path and _new_enough(path):
            os.execv(path, [path] + sys.argv)  # noqa: S606
    needed, here = "%d.%d" % OLDEST, "%d.%d" % sys.version_info[:2]
    sys.exit(
        "The helpdesk needs Python %s or newer; this is Python %s.\n"
        "Install a newer one, or say where it is: make run PYTHON=/path/to/python3" % (needed, here)
    )


def _new_enough(path):
    test = "import sys; sys.exit(sys.version_info[:2] < (%d, %d))" % OLDEST
    with open(os.devnull, "w") as nothing:
        return subprocess.call([path, "-c", test], stdout=nothing, stderr=nothing) == 0


def _state(files):
    """What the environment depends on: the pins, the Python, and the place (scripts name it)."""
    digest = hashlib.sha256("\n".join([sys.version, ROOT]).encode())
    for name in files + ["pyproject.toml"]:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def _read(path):
    try:
        with open(path) as file:
            return file.read()
    except (IOError, OSError):
        return ""


def _create():
    """A new environment, unless there is one of this Python at this place."""
    built_from = "\n".join([sys.version, ROOT])
    note = os.path.join(VENV, "built-from")
    if os.path.exists(PYTHON) and _read(note) == built_from:
        return
    print("Making the virtual environment .venv with Python %d.%d.%d ..." % sys.version_info[:3])
    sys.stdout.flush()
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
        sys.exit("Python's venv module does not work here. On Debian or Ubuntu: apt-get install python3-venv")
    with open(note, "w") as file:
        file.write(built_from)


def _install(files):
    """Installs what the last of `files` names, with a count on the screen; pip's words if it fails."""
    count = sum("==" in line for name in files for line in _read(os.path.join(ROOT, name)).splitlines())
    began = time.time()
    _pip(["-r", files[-1]], "Installing about %d packages" % count)
    _pip(["--no-deps", "-e", "."], "Installing the helpdesk")
    print("Installed in %d seconds." % (time.time() - began))
    sys.stdout.flush()


def _pip(arguments, what):
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"] + arguments
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said, done, live = [], 0, sys.stdout.isatty()
    _say(what + " ...", live)
    for line in process.stdout:
        said.append(line.decode("utf-8", "replace"))
        if line.startswith(b"Collecting"):
            done += 1
            if live:
                _say("%s: %d %s" % (what, done, said[-1].split()[1].split("=")[0]), live)
        elif line.startswith(b"Installing collected"):
            _say(what + ": unpacking ...", live)
    if live:
        sys.stdout.write("\r\033[K")
    if process.wait() != 0:
        sys.exit("".join(said) + "The packages could not be installed; the lines above say why.")


def _say(text, live):
    sys.stdout.write("\r\033[K" + text if live else text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "runtime")
