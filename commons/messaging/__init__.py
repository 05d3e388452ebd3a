"""Messages out and in: outbox, relay, gateway, receiver, and the simulator."""
