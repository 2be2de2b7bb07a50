"""What lies over the finished picture: a logo or frame from a file, and a name plate.

Nothing here is ever given a camera's frame.  An :class:`~vcam.overlay.drawing.Overlay` is
made of files and texts, and drawn into a picture that the privacy law has cleared
(:func:`vcam.pipeline.privacy.decorate`).
"""
