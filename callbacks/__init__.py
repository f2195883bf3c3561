"""From a person's act to data to a figure."""
