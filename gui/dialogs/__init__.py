"""What a person fills in: fields → intent → check → messages → button."""
