"""Programs and libraries that others wrote, from npm: installed once, kept between runs where CMake
says where, and a reason to skip where they cannot be had."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

KEPT_IN = os.environ.get("CLINIC_TEST_TOOLS")


def installed(package):
    """The folder node_modules that a package ("httpyac@6.16.7") is installed in; skips the test where
    there is no npm, or npm cannot get it."""
    if shutil.which("npm") is None:
        pytest.skip(f"there is no npm to install {package} with")
    top = pathlib.Path(KEPT_IN or pathlib.Path(tempfile.gettempdir()) / "clinic-test-tools")
    folder = top / package.strip("@").replace("/", "-")
    done = folder / "installed"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        try:
            result = subprocess.run(
                ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", package],
                cwd=folder, capture_output=True, text=True, timeout=300)
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm does not get {package} within five minutes")
        if result.returncode != 0:
            pytest.skip(f"npm cannot install {package}: {result.stderr.strip()[-300:]}")
        done.touch()
    return folder / "node_modules"


def run_node(script, modules, *arguments, seconds=120):
    """Runs a script of the tests with the modules that were installed."""
    return subprocess.run(["node", str(script), *map(str, arguments)], capture_output=True, text=True,
                          timeout=seconds, env={**os.environ, "NODE_PATH": str(modules)})
