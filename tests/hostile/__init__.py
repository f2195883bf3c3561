"""The program in the hands of people who mean it harm."""
