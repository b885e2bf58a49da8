"""`python python_clients.py CLIENT`: buy a token as a program does that knows nothing of a mock."""

import asyncio
import contextlib
import http.client
import json
import subprocess
import sys
import urllib.request

URL = "https://kitegateway.com/v1/auth/token"
HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "Secret-Key": "YOUR_SECRET",
}
BODY = b'{"api_key": "2882jj2hh288282jj2"}'
TIMEOUT = 20


def with_requests():
    import requests

    return requests.post(URL, data=BODY, headers=HEADERS, timeout=TIMEOUT).text


def with_niquests():
    import niquests

    return niquests.post(URL, data=BODY, headers=HEADERS, timeout=TIMEOUT).text


def with_niquests_asynchronous():
    import niquests

    async def send():
        async with niquests.AsyncSession() as session:
            return (await session.post(URL, data=BODY, headers=HEADERS, timeout=TIMEOUT)).text

    return asyncio.run(send())


def with_httpx():
    import httpx

    return httpx.post(URL, content=BODY, headers=HEADERS, timeout=TIMEOUT).text


def with_httpx_asynchronous():
    import httpx

    async def send():
        async with httpx.AsyncClient(http2=True, timeout=TIMEOUT) as client:
            return (await client.post(URL, content=BODY, headers=HEADERS)).text

    return asyncio.run(send())


def with_httpx2():
    import httpx2

    return httpx2.post(URL, content=BODY, headers=HEADERS, timeout=TIMEOUT).text


def with_urllib3():
    import urllib3

    answer = urllib3.PoolManager().request("POST", URL, body=BODY, headers=HEADERS, timeout=TIMEOUT)
    return answer.data.decode()


def with_urllib():
    request = urllib.request.Request(URL, BODY, HEADERS)
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        return answer.read().decode()


def with_http_client():
    connection = http.client.HTTPSConnection("kitegateway.com", timeout=TIMEOUT)
    connection.request("POST", "/v1/auth/token", BODY, HEADERS)
    return connection.getresponse().read().decode()


def with_httplib2():
    import httplib2

    _, content = httplib2.Http(timeout=TIMEOUT).request(URL, "POST", BODY, HEADERS)
    return content.decode()


async def aiohttp_post():
    import aiohttp

    async with (
        aiohttp.ClientSession() as session,
        session.post(URL, data=BODY, headers=HEADERS) as answer,
    ):
        return await answer.text()


def with_aiohttp():
    return asyncio.run(aiohttp_post())


def with_aiohttp_on_uvloop():
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(aiohttp_post())


def tornado_post(implementation):
    from tornado.httpclient import AsyncHTTPClient
    from tornado.ioloop import IOLoop

    async def send():
        AsyncHTTPClient.configure(implementation)
        client = AsyncHTTPClient()
        answer = await client.fetch(URL, method="POST", headers=HEADERS, body=BODY)
        return answer.body.decode()

    return IOLoop.current().run_sync(send)


def with_tornado():
    return tornado_post(None)


def with_tornado_curl():
    return tornado_post("tornado.curl_httpclient.CurlAsyncHTTPClient")


def with_treq():
    import treq
    from twisted.internet import defer, task

    found = []

    async def send(reactor):
        answer = await treq.post(URL, data=BODY, headers=HEADERS, timeout=TIMEOUT)
        found.append(await treq.text_content(answer))

    with contextlib.suppress(SystemExit):
        task.react(lambda reactor: defer.ensureDeferred(send(reactor)))
    return "".join(found)


def with_botocore():
    from botocore.awsrequest import AWSRequest
    from botocore.httpsession import URLLib3Session

    request = AWSRequest("POST", URL, HEADERS, BODY).prepare()
    return URLLib3Session().send(request).content.decode()


def with_google_auth():
    import urllib3
    from google.auth.transport.urllib3 import Request

    return Request(urllib3.PoolManager())(URL, "POST", BODY, HEADERS, TIMEOUT).data.decode()


def with_authlib():
    from authlib.integrations.requests_client import OAuth2Session

    return (
        OAuth2Session()
        .post(URL, data=BODY, headers=HEADERS, timeout=TIMEOUT, withhold_token=True)
        .text
    )


def with_requests_oauthlib():
    from requests_oauthlib import OAuth2Session

    session = OAuth2Session()
    return session.post(URL, data=BODY, headers=HEADERS, timeout=TIMEOUT, withhold_token=True).text


def with_pycurl():
    import io

    import pycurl

    received, curl = io.BytesIO(), pycurl.Curl()
    curl.setopt(pycurl.URL, URL)
    curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in HEADERS.items()])
    curl.setopt(pycurl.POSTFIELDS, BODY)
    curl.setopt(pycurl.WRITEDATA, received)
    curl.setopt(pycurl.TIMEOUT, TIMEOUT)
    curl.perform()
    return received.getvalue().decode()


def with_curl_cffi():
    from curl_cffi import requests

    return requests.post(URL, data=BODY, headers=HEADERS, timeout=TIMEOUT).text


def with_pyreqwest():
    from pyreqwest.client import SyncClientBuilder

    with SyncClientBuilder().build() as client:
        return client.post(URL).headers(HEADERS).body_bytes(BODY).build().send().text()


def with_httpie():
    fields = [f"{name}:{value}" for name, value in HEADERS.items()]
    command = [sys.executable, "-m", "httpie", "--ignore-stdin", "--body", "POST", URL]
    return subprocess.check_output([*command, *fields, "--raw", BODY], text=True)


def with_dapi_python():
    from dapi import DapiClient

    answer = DapiClient("app_secret_value").auth.exchangeToken(
        "access_code_value", "connection_id_value"
    )
    return json.dumps(answer)


print(globals()[f"with_{sys.argv[1]}"]())
