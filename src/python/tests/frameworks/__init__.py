"""Frameworks of others, unmodified, behind the adapters. Skipped where they are not installed."""
