"""dStor: an API key in a header buys a JWT that lives until a moment the client names."""

from pathlib import Path

from mockserver.core.vendor import Cors, Vendor, get, post
from mockserver.vendors.dstor.refuse import refuse
from mockserver.vendors.dstor.settings import Settings
from mockserver.vendors.dstor.temp_token import login, temp_token
from mockserver.vendors.dstor.upload import upload_token

vendor = Vendor(
    name="dstor",
    hosts=("api.testnet.dstor.cloud", "api.dstor.cloud"),
    endpoints=(
        get("/v1/dev/temp-token", temp_token),
        post("/v1/dev/temp-token", login),
        post("/v1/upload/get-token", upload_token),
    ),
    refuse=refuse,
    settings=Settings,
    accounts=(
        {
            "api-key": "5xikF8a5wcJeqVrtQE8OffKvtR9qaRxPXXJAedhIiNFWJbNsGqsdPfJ5eDYY7n92",
            "email": "dev@example.com",
            "password": "dstor-password",
        },
    ),
    contract=Path(__file__).with_name("contract.yaml"),
    curl="-H 'api-key: 5xikF8a5wcJeqVrtQE8OffKvtR9qaRxPXXJAedhIiNFWJbNsGqsdPfJ5eDYY7n92'"
    " {base_url}/v1/dev/temp-token",
    token_header=("alg", "typ"),
    optional_slash=True,
    cors=Cors(
        request_headers=(
            "api-key",
            "x-expiration",
            "authorization",
            "content-type",
            "x-dstor-upload-token",
        ),
        methods=("GET", "POST", "OPTIONS"),
    ),
)
