"""The words of alerts: which count, who has read them, and a site's own."""
