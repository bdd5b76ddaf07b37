"""The few shapes every page is made of."""
