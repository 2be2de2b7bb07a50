"""Measurements: the quality of the mask, and the speed of vcam."""
