"""How good is the mask?  Measured against clips whose exact matte is known."""
