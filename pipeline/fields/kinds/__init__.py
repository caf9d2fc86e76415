"""From text to typed values, one file per kind. Parsers are pure and never raise: None means no value."""
