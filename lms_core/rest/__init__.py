"""What only the hub knows, asked over its REST interface: a client for each family of routes."""
