"""`python python_clients.py CLIENT [METHOD...]`: send requests for a token, one after another.

The program knows nothing of a mock. All its requests are sent by one client, which may keep its
connection. Without a method it sends one POST, which buys a token.
"""

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
METHODS = sys.argv[2:] or ["POST"]


def body_of(method):
    return BODY if method == "POST" else None


def report(text):
    print(text, flush=True)


def send_with(session):
    """Send the requests with a session like that of requests."""
    for method in METHODS:
        answer = session.request(
            method, URL, data=body_of(method), headers=HEADERS, timeout=TIMEOUT
        )
        report(answer.text)


def with_requests():
    import requests

    send_with(requests.Session())


def with_niquests():
    import niquests

    send_with(niquests.Session())


def with_niquests_asynchronous():
    import niquests

    async def send():
        async with niquests.AsyncSession() as session:
            for method in METHODS:
                answer = await session.request(
                    method, URL, data=body_of(method), headers=HEADERS, timeout=TIMEOUT
                )
                report(answer.text)

    asyncio.run(send())


def send_with_httpx(library):
    with library.Client(timeout=TIMEOUT) as client:
        for method in METHODS:
            report(client.request(method, URL, content=body_of(method), headers=HEADERS).text)


def with_httpx():
    import httpx

    send_with_httpx(httpx)


def with_httpx2():
    import httpx2

    send_with_httpx(httpx2)


def with_httpx_asynchronous():
    import httpx

    async def send():
        async with httpx.AsyncClient(http2=True, timeout=TIMEOUT) as client:
            for method in METHODS:
                answer = await client.request(method, URL, content=body_of(method), headers=HEADERS)
                report(answer.text)

    asyncio.run(send())


def with_urllib3():
    import urllib3

    pool = urllib3.PoolManager()
    for method in METHODS:
        answer = pool.request(method, URL, body=body_of(method), headers=HEADERS, timeout=TIMEOUT)
        report(answer.data.decode())


def with_urllib():
    for method in METHODS:
        request = urllib.request.Request(URL, body_of(method), HEADERS, method=method)
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            report(answer.read().decode())


def with_http_client():
    connection = http.client.HTTPSConnection("kitegateway.com", timeout=TIMEOUT)
    for method in METHODS:
        connection.request(method, "/v1/auth/token", body_of(method), HEADERS)
        report(connection.getresponse().read().decode())


def with_httplib2():
    import httplib2

    client = httplib2.Http(timeout=TIMEOUT)
    for method in METHODS:
        _, content = client.request(URL, method, body_of(method), HEADERS)
        report(content.decode())


async def aiohttp_requests():
    import aiohttp

    async with aiohttp.ClientSession() as session:
        for method in METHODS:
            request = session.request(method, URL, data=body_of(method), headers=HEADERS)
            async with request as answer:
                report(await answer.text())


def with_aiohttp():
    asyncio.run(aiohttp_requests())


def with_aiohttp_on_uvloop():
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(aiohttp_requests())


def tornado_requests(implementation):
    from tornado.httpclient import AsyncHTTPClient
    from tornado.ioloop import IOLoop

    async def send():
        AsyncHTTPClient.configure(implementation)
        client = AsyncHTTPClient()
        for method in METHODS:
            answer = await client.fetch(URL, method=method, headers=HEADERS, body=body_of(method))
            report(answer.body.decode())

    IOLoop.current().run_sync(send)


def with_tornado():
    tornado_requests(None)


def with_tornado_curl():
    tornado_requests("tornado.curl_httpclient.CurlAsyncHTTPClient")


def with_treq():
    import treq
    from twisted.internet import defer, task

    async def send():
        for method in METHODS:
            answer = await treq.request(
                method, URL, data=body_of(method), headers=HEADERS, timeout=TIMEOUT
            )
            report(await treq.text_content(answer))

    with contextlib.suppress(SystemExit):
        task.react(lambda reactor: defer.ensureDeferred(send()))


def with_botocore():
    from botocore.awsrequest import AWSRequest
    from botocore.httpsession import URLLib3Session

    session = URLLib3Session()
    for method in METHODS:
        request = AWSRequest(method, URL, HEADERS, body_of(method)).prepare()
        report(session.send(request).content.decode())


def with_google_auth():
    import urllib3
    from google.auth.transport.urllib3 import Request

    request = Request(urllib3.PoolManager())
    for method in METHODS:
        report(request(URL, method, body_of(method), HEADERS, TIMEOUT).data.decode())


def send_with_oauth(session):
    for method in METHODS:
        answer = session.request(
            method,
            URL,
            data=body_of(method),
            headers=HEADERS,
            timeout=TIMEOUT,
            withhold_token=True,
        )
        report(answer.text)


def with_authlib():
    from authlib.integrations.requests_client import OAuth2Session

    send_with_oauth(OAuth2Session())


def with_requests_oauthlib():
    from requests_oauthlib import OAuth2Session

    send_with_oauth(OAuth2Session())


def with_pycurl():
    import io

    import pycurl

    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, URL)
    curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in HEADERS.items()])
    curl.setopt(pycurl.TIMEOUT, TIMEOUT)
    for method in METHODS:
        received = io.BytesIO()
        curl.setopt(pycurl.WRITEDATA, received)
        if method == "POST":
            curl.setopt(pycurl.POSTFIELDS, BODY)
        curl.perform()
        report(received.getvalue().decode())


def with_curl_cffi():
    from curl_cffi import requests

    send_with(requests.Session())


def with_pyreqwest():
    from pyreqwest.client import SyncClientBuilder

    with SyncClientBuilder().build() as client:
        for method in METHODS:
            request = client.request(method, URL).headers(HEADERS)
            if method == "POST":
                request = request.body_bytes(BODY)
            report(request.build().send().text())


def with_httpie():
    fields = [f"{name}:{value}" for name, value in HEADERS.items()]
    for method in METHODS:
        command = [sys.executable, "-m", "httpie", "--ignore-stdin", "--body", method, URL]
        raw = ["--raw", BODY] if method == "POST" else []
        report(subprocess.check_output([*command, *fields, *raw], text=True))


def with_dapi_python():
    from dapi import DapiClient

    answer = DapiClient("app_secret_value").auth.exchangeToken(
        "access_code_value", "connection_id_value"
    )
    report(json.dumps(answer))


globals()[f"with_{sys.argv[1]}"]()
