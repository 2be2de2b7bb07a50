"""A person drawn by our own code before a drawn office: a webcam without a webcam.

It is the demo, the test pattern and the ground truth: a deterministic function of time
whose exact alpha is known for every frame.  :mod:`script` says what happens,
:mod:`head`, :mod:`body` and :mod:`office` paint the parts once, and :mod:`stage` puts them
together for a moment in time.
"""

from vcam.presenter.stage import Drawing, Presenter

__all__ = ["Drawing", "Presenter"]
