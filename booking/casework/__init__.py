"""Casework: what applicant and office say to each other about a booking, whose case it is, and who looks at it now."""
