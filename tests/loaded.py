"""What a forked program finds made: the routes, which each server would make once at its start, and cheap passwords."""

from sync_server.app import routed
from tests.cheap import hash_cheaply

hash_cheaply()
routed()
