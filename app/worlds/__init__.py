"""Made-up worlds: what the demo shows and what measuring needs. Seeded, so that they come out the same."""
