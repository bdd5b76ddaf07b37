"""Where everything lives: artifacts, views, settings, jobs, services and the Argilla server."""
