"""Picture and video files: decoding, checking, resizing, contact sheets."""
