"""Small languages as automata: amounts, dates, codes."""
