"""The nouns: frozen values that every stage shares. Nothing here imports the rest of the package."""
