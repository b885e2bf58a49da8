"""Fields of WireMock's mappings that are refused, with the reason.

An error names the field and the reason. The documentation is generated from these tables.
"""

_TEMPLATING = "responses are not templates"
_PROXYING = "stubs do not forward requests"
_XML = "bodies in XML are not parsed"
_TIMES = "values are not compared as times"
_LATER = "new in WireMock 4"

MAPPING = {
    "postServeActions": "there are no extensions",
    "serveEventListeners": "there are no extensions",
}
REQUEST = {
    "multipartPatterns": "multipart bodies are not parsed",
    "clientIp": "clients are not told apart",
    "customMatcher": "there are no extensions",
}
MATCHERS = {
    "equalToXml": _XML,
    "matchesXPath": _XML,
    "before": _TIMES,
    "after": _TIMES,
    "equalToDateTime": _TIMES,
    "binaryEqualTo": "a body is compared as text",
    "matchesPathTemplate": _LATER,
    "greaterThanNumber": _LATER,
    "greaterThanEqualNumber": _LATER,
    "lessThanNumber": _LATER,
    "lessThanEqualNumber": _LATER,
}
RESPONSE = {
    "statusMessage": "the phrase of the status is sent",
    "bodyFileName": "there is no store of files",
    "proxyBaseUrl": _PROXYING,
    "additionalProxyRequestHeaders": _PROXYING,
    "removeProxyRequestHeaders": _PROXYING,
    "proxyUrlPrefixToRemove": _PROXYING,
    "transformers": _TEMPLATING,
    "transformerParameters": _TEMPLATING,
    "fromConfiguredStub": "it is WireMock's own",
}
