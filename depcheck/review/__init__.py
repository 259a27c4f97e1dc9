"""What a change brings: findings against those of a base, and suppressions."""
