"""The files of a version: written table by table, hashed, and read as views."""
