"""The time that vcam takes: per frame, against the bare model, and in a live run.

Machines differ and are never idle.  So all candidates take turns on the same frames in
one process, each figure is a median over all turns, and the result is the ratio to the
*floor*: the bare landscape model on MediaPipe, in the same run.  Processor time is that
of the whole process with all threads.

:mod:`clip` has the frames, :mod:`candidates` what is measured, :mod:`measuring` the turns,
:mod:`live` a whole run with a paced camera, :mod:`sweep` all sizes, :mod:`report` the
text and :mod:`plot` the chart.
"""
