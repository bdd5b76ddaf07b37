"""From models to decisions: measures, candidates, evaluations, comparisons."""
