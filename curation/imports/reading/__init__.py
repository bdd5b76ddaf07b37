"""Any file becomes rows of text, or a sentence that says why it does not."""
