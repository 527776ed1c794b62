"""`lienthong sandbox`: the hub on a vendor's laptop, with a clock to move, faults to switch on, and every call explained."""
