"""What the message check is made of: rules as data, people's names, shape, sentences."""
