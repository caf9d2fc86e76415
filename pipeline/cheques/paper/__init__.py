"""The paper of a cheque in its picture: its edges, its printed lines, its quality."""
