"""Images and containers read as streams: never unpacked, never run."""
