"""Wayhome: a household's cars, phones, watches, tablets and home as one system that the household owns."""

__version__ = "0.1.0"
