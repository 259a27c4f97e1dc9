"""Reports of all jobs as digests, which the formats beside text and JSON tell."""
