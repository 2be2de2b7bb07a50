"""How much of a machine vcam takes: per frame, against the bare model, and live.

Machines differ and are never quiet.  So all contestants take turns on the same frames in
one process, each figure is a median over all turns, and what counts is the ratio to the
*floor*: the bare landscape model, one thread, in the same run.  Processor time is that of
the whole process, all threads.

:mod:`clip` has the frames, :mod:`contestants` who takes turns, :mod:`measuring` the turns,
:mod:`live` a whole run beside a paced camera, :mod:`curve` all sizes, :mod:`report` the
words and :mod:`plot` the picture.
"""
