"""How things read: words in two languages, number formats, the Table and its writers.  No statistics."""
