"""The review page: a person settles what the machine is not sure of, in a browser (`inkfield serve`)."""
