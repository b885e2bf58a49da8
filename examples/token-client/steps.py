"""A token client for Kitegateway that is mended in steps: `python steps.py 1` makes four calls."""

import sys

import requests

URL = "https://kitegateway.com/v1"


class Step1:
    """Buys a token for each call, and sends it with the usual scheme."""

    def balances(self):
        """Return the balances."""
        answer = self.send(self.token())
        answer.raise_for_status()
        return answer.json()["data"]

    def send(self, token):
        """Return the answer to a call with a token."""
        url = f"{URL}/data/wallets/balances"
        return requests.get(url, headers=self.header(token), timeout=10)

    def header(self, token):
        """Return the header that carries a token."""
        return {"Authorization": f"Bearer {token}"}

    def token(self):
        """Return the token to use."""
        return self.buy()

    def buy(self):
        """Return a new token."""
        answer = requests.post(
            f"{URL}/auth/token",
            json={"api_key": "2882jj2hh288282jj2"},
            headers={"Secret-Key": "YOUR_SECRET"},
            timeout=10,
        )
        answer.raise_for_status()
        return answer.json()["data"]["token"]


class Step2(Step1):
    """Sends the token as the vendor has it: its prefix is a part of it."""

    def header(self, token):
        """Return the header that carries a token."""
        return {"Authorization": token}


class Step3(Step2):
    """Keeps the token."""

    kept = None

    def token(self):
        """Return the token to use."""
        if self.kept is None:
            self.kept = self.buy()
        return self.kept


class Step4(Step3):
    """Renews the token once after a 401."""

    def send(self, token):
        """Return the answer to a call with a token."""
        answer = super().send(token)
        if answer.status_code == 401:
            self.kept = None
            answer = super().send(self.token())
        return answer


STEPS = {"1": Step1, "2": Step2, "3": Step3, "4": Step4}

if __name__ == "__main__":
    client = STEPS[sys.argv[1]]()
    for _ in range(4):
        try:
            client.balances()
        except requests.HTTPError as error:
            sys.stderr.write(f"{error}\n")
