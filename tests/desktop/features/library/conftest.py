"""Tests here work at a teacher's desk."""

from tests.desktop.features.teaching import desk as desk
