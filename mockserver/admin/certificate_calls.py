"""Calls that give the certificate of our authority to programs that have to trust it."""

from mockserver.admin.admin_request import AdminRequest
from mockserver.certificates.server_certificates import ServerCertificates
from mockserver.model.errors import Refusal
from mockserver.model.http import Response


def pem(call: AdminRequest) -> Response:
    """Return the certificate of the server's authority, PEM."""
    return _file(_certificates(call).authority.pem, "application/x-pem-file")


def pkcs12(call: AdminRequest) -> Response:
    """Return a PKCS #12 trust store with the same certificate; its password is `changeit`."""
    return _file(_certificates(call).authority.pkcs12, "application/x-pkcs12")


def _certificates(call: AdminRequest) -> ServerCertificates:
    if call.certificates is None:
        raise Refusal("certificates are given over HTTP alone", status=404)
    return call.certificates


def _file(content: bytes, media_type: str) -> Response:
    return Response(200, (("Content-Type", media_type),), content)
