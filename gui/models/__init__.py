"""Tables over tuples of frozen records, and what their columns say."""
