"""How the sample city is built; `build_songkhla.py` beside this folder runs it."""
