"""vcam: be anywhere, from your own webcam.

The public interface is :class:`Pipeline`, the pipeline for your own program, and
:class:`Result`, what it returns; the errors are in :mod:`vcam.errors`.
"""

TYPE_CHECKING = False  # without `typing`: Ctrl-C may come before it is loaded
if TYPE_CHECKING:
    from typing import Any

    from vcam.pipeline.api import Pipeline
    from vcam.pipeline.result import Result

__all__ = ["Pipeline", "Result", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> "Any":
    # Loaded when first asked for: `vcam --help` does not pay for OpenCV.
    if name == "Pipeline":
        from vcam.pipeline.api import Pipeline

        return Pipeline
    if name == "Result":
        from vcam.pipeline.result import Result

        return Result
    raise AttributeError(f"module 'vcam' has no attribute {name!r}")
