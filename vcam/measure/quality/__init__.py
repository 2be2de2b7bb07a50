"""Mask quality, measured on clips whose exact matte is known."""
