"""From CTC log-probabilities to text: best path, beams, grammars, exact scores of candidates."""
