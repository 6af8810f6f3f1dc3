"""Take migrations and resources into the wheel, where lms_core/folders.py finds them without a checkout."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithFolders(build_py):
    """Copy the folders that ship; an editable install finds them where they are."""

    def run(self) -> None:
        """Build the modules, then add the folders."""
        super().run()
        if not self.editable_mode:
            for name in ("migrations", "resources"):
                target = Path(self.build_lib) / "lms_core" / "shipped" / name
                shutil.copytree(name, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))


setup(cmdclass={"build_py": BuildWithFolders})
