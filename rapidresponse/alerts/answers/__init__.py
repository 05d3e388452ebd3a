"""What people answer to an alert: received, I am safe, I need help; by Signal or by their link."""
