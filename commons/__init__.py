"""The shared ground: people, places, messages, and the tools both halves stand on."""
