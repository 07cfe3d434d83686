"""Fixtures of more than one module."""

from toy_compendium import no_kernel, toy

__all__ = ["no_kernel", "toy"]
