"""What stands around a map: each piece in a module of its own, drawn in millimetres."""
