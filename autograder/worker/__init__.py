"""What runs beside untrusted code, and the values and frames that cross to it. Imports nothing else of ours."""
