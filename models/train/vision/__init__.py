"""A tiny vision transformer that names digits: the sample of the exhibit "Your model"."""
