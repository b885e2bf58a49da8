"""An engine is made from the user's settings; a wrong one is named."""

from typing import Any

import pytest

from mockserver.emulator.namespaces import engine_factory, with_hosts
from mockserver.model.errors import ConfigurationError

VENDORS = "dapi, datasentinel, dstor, kitegateway"


@pytest.mark.parametrize("settings", [{}, {"dstor": {}, "dapi": {"hosts": []}}])
def test_vendors_are_in_the_order_of_their_names(settings: dict[str, Any]) -> None:
    assert ", ".join(vendor.name for vendor in engine_factory(settings)("").vendors) == VENDORS


@pytest.mark.parametrize(("settings", "message"), [
    ({"nobody": {}}, f"nobody is not a vendor; known: {VENDORS}"),
    ({"Dstor": {}}, f"Dstor is not a vendor; known: {VENDORS}"),
    ({"dstor": 1}, "dstor must be a table of settings"),
    ({"dstor": [("default_ttl", 1)]}, "dstor must be a table of settings"),
    ({"dstor": {"ttl": 1}},
     "dstor.ttl is not a setting; known: past_expiration, default_ttl, hosts, cors"),
    ({"dstor": {"past_expiration": "ignore"}},
     "dstor.past_expiration must be one of accept, reject"),
    ({"dstor": {"default_ttl": 0}}, "dstor.default_ttl must be a whole number, 1 to 1000000000"),
    ({"datasentinel": {"info_auth": False}},
     "datasentinel.info_auth must be one of required, optional"),
    ({"dapi": {"response": "short"}}, "dapi.response must be one of full, page"),
    ({"kitegateway": {"headers": ""}}, "kitegateway.headers must be one of lenient, strict"),
    ({"dapi": {"cors": "yes"}}, "dapi.cors must be true or false"),
    ({"dapi": {"hosts": "a.test"}}, "dapi.hosts must be a list of host names"),
    ({"dapi": {"hosts": [1]}}, "dapi.hosts must be a list of host names"),
    ({"dapi": {"hosts": {"a": 1}}}, "dapi.hosts must be a list of host names"),
])  # fmt: skip
def test_wrong_setting_is_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        engine_factory(settings)
    assert str(caught.value) == message
    for host, named in [
        *((host, r"datasentinel\.hosts") for host in ("", "a.test:8443", "a.test/x", "a test")),
        *(("http://a.test", r"datasentinel\.hosts"), ("API.dapi.com", r"api\.dapi\.com")),
    ]:
        with pytest.raises(ConfigurationError, match=named):
            engine_factory({"datasentinel": {"hosts": [host]}})
    not_vendors: list[Any] = [(5, {}), ({}, ["a.test"])]
    for wrong in not_vendors:
        with pytest.raises(ConfigurationError, match="must be a dict, whose keys are vendors"):
            with_hosts(*wrong)
