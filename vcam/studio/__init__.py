"""The studio: a page in the browser to try backgrounds and to drive the running vcam.

Needs the extra ``studio``; nothing else in vcam does.  A server on the loopback interface
(:mod:`vcam.studio.server`) behind a guard (:mod:`vcam.studio.guard`) serves the page of
``static/``; the tab *How it works* is made with Gradio and loaded when it is first opened.
"""
