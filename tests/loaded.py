"""What a forked server finds made: the routes, which each process of it would make once at its start."""

from sync_server.app import routed

routed()
