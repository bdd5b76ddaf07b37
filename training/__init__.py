"""From a dataset version to an adapter: config, rendering, the trainer process, the run registry."""
