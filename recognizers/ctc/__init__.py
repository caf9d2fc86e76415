"""From CTC log-probabilities to text: best path, beams, and exact scores of texts and languages."""
