"""Show yourself in front of a blurred room: python webcam_filter.py [CAMERA]."""

import sys
from contextlib import closing, suppress

from vcam import Pipeline
from vcam.errors import SourceError, VcamError
from vcam.frames import Size
from vcam.outputs.window import Window
from vcam.sources.opening import open_source

size, fps = Size(1280, 720), 30.0
try:
    source = open_source(sys.argv[1] if sys.argv[1:] else "", size, fps)
except SourceError as error:
    print(error, "Here is the drawn presenter.")
    source = open_source("presenter", size, fps)
with closing(source), Pipeline("blur") as pipeline, closing(Window(size, "vcam")) as window:
    while not window.closed:
        if frame := source.read(timeout_s=1.0):
            with suppress(VcamError):  # without a valid mask there is no picture
                window.send(pipeline.process(frame.image).image)
