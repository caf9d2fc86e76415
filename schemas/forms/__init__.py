"""What a form is: the model of the YAML files that lie here, and what can be wrong with one."""
