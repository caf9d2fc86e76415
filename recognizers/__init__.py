"""What turns a crop into text with probabilities: networks, decoders, language models, training."""
