"""At which distance places cluster, beside what chance would give."""
