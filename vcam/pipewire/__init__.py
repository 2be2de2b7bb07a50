"""A camera node in PipeWire: what programs list that get their cameras from there.

It needs PipeWire's daemon and its library ``libpipewire-0.3.so.0``, which is called through
ctypes; no driver, no root, no compiler.  Numbers and layouts are those of PipeWire's public
headers, which have kept them since 0.3.0: https://docs.pipewire.org.

The library runs a thread of its own, and all callbacks come from it; none comes from its
real-time thread.  Its stream and registry are used only while its loop is locked.
"""
