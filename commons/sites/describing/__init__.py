"""What a site says of itself: meeting points, zones, languages, bell times, holidays."""
