// A small HTTP server that links bank accounts through Dapi. No packages are needed.
import { createServer } from "node:http";

// Exchanges the access code that Dapi's login page returned for an access token.
export class DapiClient {
  constructor({ appSecret, url = "https://api.dapi.com", timeout = 5000 }) {
    Object.assign(this, { appSecret, url, timeout });
  }

  async exchange(accessCode, connectionID) {
    const answer = await this.#post("/v2/auth/ExchangeToken", {
      appSecret: this.appSecret,
      accessCode,
      connectionID,
    });
    return answer.accessToken;
  }

  async accounts(accessToken, userSecret) {
    const body = { appSecret: this.appSecret, userSecret };
    return (await this.#post("/v2/data/accounts/get", body, accessToken)).accounts;
  }

  // An exchange is never repeated: if its answer is lost, the code may be used up.
  async #post(path, body, bearer) {
    const headers = { "Content-Type": "application/json" };
    if (bearer) headers.Authorization = `Bearer ${bearer}`;
    const signal = AbortSignal.timeout(this.timeout);
    const options = { method: "POST", headers, body: JSON.stringify(body), signal };
    const answer = await fetch(this.url + path, options);
    const content = await answer.json();
    if (!answer.ok) throw new DapiError(answer.status, content.type);
    return content;
  }
}

export class DapiError extends Error {
  constructor(status, type) {
    super(`Dapi refused the request: ${type}`);
    Object.assign(this, { status, type });
  }
}

// POST /link with the login page's result; 409 if the code is refused, 502 without an answer.
export function createService(dapi) {
  return createServer(async (request, response) => {
    const send = (status, content) => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(content));
    };
    try {
      const login = JSON.parse(await text(request));
      const token = await dapi.exchange(login.accessCode, login.connectionID);
      const accounts = await dapi.accounts(token, login.userSecret);
      send(200, { linked: accounts.length });
    } catch (error) {
      if (error instanceof DapiError && error.status < 500) send(409, { error: error.type });
      else send(502, { error: "Dapi is not available" });
    }
  });
}

async function text(stream) {
  let content = "";
  for await (const chunk of stream) content += chunk;
  return content;
}
