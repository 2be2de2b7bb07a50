"""How the person looks: light and colour toward the background's, less noise.

Effects change the person's own colours and nothing else.  They are given no alpha to
change, and they tell what they did as a :class:`~vcam.appearance.toning.Toning`, which the
privacy check proves.
"""
