"""What differs between two versions, row by row and in how they were made."""
