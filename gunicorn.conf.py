"""What gunicorn reads by itself where it is started in the project's folder."""

# The longest first line of a request that it can be told to take, in bytes: a booking looked at stands in its address.
limit_request_line = 8190
