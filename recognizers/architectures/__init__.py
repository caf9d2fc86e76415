"""The other readers of the handwriting survey: trained by `inkfield train --model NAME`, one architecture a file."""
