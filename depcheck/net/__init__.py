"""HTTP for the rooms that need it: connections, proxies, certificates, credentials."""
