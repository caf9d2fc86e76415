"""Learning from what people settle: ink and texts gathered, the network trained on, judged, adopted or not."""
