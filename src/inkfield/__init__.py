"""Reads handwritten and typed fields on scanned forms and bank cheques into a SQL database."""
