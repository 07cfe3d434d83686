"""Room 10, the report: the sentences that notebooks read off results, and the paper as PDF and HTML."""
