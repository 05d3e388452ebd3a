"""When there is school: bell times, and holidays of a site or its district."""
