"""A version in the formats that others train from, and what a provider would say of it."""
