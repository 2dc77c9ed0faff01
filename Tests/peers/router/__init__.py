"""A Yamaha RTX router as a telnet client sees it; `../router_simulator.py` is the program."""
