"""The certificate authority of the user's own, and the certificates that a server shows.

Nothing here is imported before the first TLS connection or the first question for a certificate.
"""
