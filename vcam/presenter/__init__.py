"""A drawn person in a drawn office: a webcam without a webcam.

It is used for the demo, as a test pattern and as ground truth: a deterministic function of
time whose exact alpha is known for every frame.  :mod:`script` has the movements,
:mod:`head`, :mod:`body` and :mod:`office` paint the parts once, and :mod:`stage` composes
them for a moment in time.
"""

from vcam.presenter.stage import Drawing, Presenter

__all__ = ["Drawing", "Presenter"]
