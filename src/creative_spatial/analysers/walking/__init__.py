"""The walking network: bringing places to it, and minutes along it."""
