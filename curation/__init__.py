"""From raw text to approved rows: tasks, import, duplicates, prompts, labels, reviews, datasets."""
