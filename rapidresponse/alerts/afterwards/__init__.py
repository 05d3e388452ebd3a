"""What is done about an alert after it was sent: take back, call, hand on as a record."""
