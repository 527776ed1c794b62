"""The rules of the exchange: pure values and functions, without clock, disk, network, logging or randomness."""
