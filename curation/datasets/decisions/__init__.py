"""What people decided on records, and what of it may be trained on."""
