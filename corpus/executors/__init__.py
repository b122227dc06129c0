"""Run one function over shards: in this process or in a pool; knows no document."""
