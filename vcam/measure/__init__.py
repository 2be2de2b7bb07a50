"""How good and how fast the pictures are made."""
