"""The portal as other systems see it: `/api/v1`, and the keys that let them in."""
