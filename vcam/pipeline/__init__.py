"""What a frame passes: resized, masked, composited, examined."""
