"""A blank becomes a form: its fields are taken from the PDF or found on the page, and named by their labels."""
