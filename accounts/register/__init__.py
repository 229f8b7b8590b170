"""What the registers of Brønnøysund say of organisations: read, kept with when it was read, and never waited for."""
