"""From a frame to a matte."""
