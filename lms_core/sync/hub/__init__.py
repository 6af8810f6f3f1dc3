"""The hub's side: one request, one verdict for each op, and what follows."""
