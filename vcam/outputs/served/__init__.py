"""The picture on air for programs without a list of cameras, by HTTP on this machine.

``output`` is the output that the gate sends to; ``server`` the thread that speaks with the
programs; ``requests`` decides what a program is answered; ``page`` is what a browser shows;
and ``token`` the part of the address that nobody can guess.
"""
