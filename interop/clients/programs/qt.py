"""`python3 qt.py [METHOD...]`: send requests for a token with Qt's network module.

Without a method it sends one POST. TOKEN_URL is another address of the same endpoint.
"""

import os
import sys

from PyQt5.QtCore import QCoreApplication, QEventLoop, QUrl
from PyQt5.QtNetwork import QNetworkAccessManager, QNetworkReply, QNetworkRequest

URL = os.environ.get("TOKEN_URL", "https://kitegateway.com/v1/auth/token")
application = QCoreApplication([])
manager = QNetworkAccessManager()
for method in sys.argv[1:] or ["POST"]:
    request = QNetworkRequest(QUrl(URL))
    request.setRawHeader(b"Content-Type", b"application/json")
    request.setRawHeader(b"Secret-Key", b"YOUR_SECRET")
    body = b'{"api_key": "2882jj2hh288282jj2"}'
    answer = manager.get(request) if method == "GET" else manager.post(request, body)
    loop = QEventLoop()
    answer.finished.connect(loop.quit)
    loop.exec_()
    if answer.error() != QNetworkReply.NoError:
        print(f"error: {answer.errorString()}")
    else:
        print(bytes(answer.readAll()).decode())
