"""How far an IoT device can be trusted, right now, and why."""
