"""A sentence with one word hidden: which of some things is it? The text sample of the exhibit "Your model"."""
