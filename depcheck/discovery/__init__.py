"""What a repository holds: which of its files declare components, and what they may be.

Nothing is executed, nothing outside the folder is read, and everything found is a guess that a
person reads before it counts.
"""
