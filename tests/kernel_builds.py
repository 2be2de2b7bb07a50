"""The builds of the kernels that tests call, as fixtures.

They are those beside the sources, or, if those are missing or old, new ones.
"""

import os
from pathlib import Path

import pytest

from vcam import kernels
from vcam.kernels import files
from vcam.kernels.build import build, compiler

FOLDER = "VCAM_TEST_KERNELS"
"""The environment variable that names the folder of other builds, with sanitizers."""


@pytest.fixture(scope="session")
def kernels_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every build for this machine."""
    given = os.environ.get(FOLDER)
    if given:
        return Path(given)
    if all(_loads(each, files.FOLDER) for each in files.builds()):
        return files.FOLDER
    if compiler() is None:
        pytest.skip("the kernels are not built, and there is no C compiler")
    folder = tmp_path_factory.mktemp("kernels")
    build(folder)
    return folder


@pytest.fixture(params=files.builds())
def library(request: pytest.FixtureRequest, kernels_folder: Path) -> kernels.Library:
    """Each build in turn."""
    choice = kernels.choose(request.param, kernels_folder)
    if choice.library is None and "not for this processor" in choice.why:
        pytest.skip(choice.why)
    assert choice.library is not None, choice.why
    return choice.library


def _loads(build: str, folder: Path) -> bool:
    return kernels.choose(build, folder).library is not None
