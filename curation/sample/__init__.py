"""Sample projects: files made by seeded generators, with a teacher and reviewers that are scripted."""
