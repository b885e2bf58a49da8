// `node --test` starts one `token-mockserver serve`; each test has a namespace on it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, beforeEach, test } from "node:test";

import { createService, DapiClient } from "./banks.mjs";

const appSecret = "app_secret_value"; // the built-in account's
let mock, root, admin, service, address;

before(async () => {
  mock = spawn("token-mockserver", ["serve", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: mock.stdout }), "line");
  root = line.replace("listening on ", "");
});

after(() => mock.kill());

beforeEach(async () => {
  const namespace = `${root}/ns/${randomUUID()}`;
  admin = `${namespace}/__admin`;
  service = createService(new DapiClient({ appSecret, url: `${namespace}/dapi`, timeout: 2000 }));
  service.listen(0, "127.0.0.1");
  await once(service, "listening");
  address = `http://127.0.0.1:${service.address().port}/link`;
});

async function post(url, body = {}) {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  return { status: answer.status, content: await answer.json() };
}

const login = async () => (await post(`${admin}/vendors/dapi/connect`)).content;

async function closing(work) {
  try {
    await work();
  } finally {
    service.closeAllConnections();
    service.close();
  }
}

test("links the accounts of a login", () =>
  closing(async () => {
    const answer = await post(address, await login());
    assert.equal(answer.status, 200);
    assert.ok(answer.content.linked > 0);
  }));

test("refuses a code that was used", () =>
  closing(async () => {
    const result = await login();
    await post(address, result);
    const answer = await post(address, result);
    assert.deepEqual(answer, { status: 409, content: { error: "USED_ACCESS_CODE" } });
  }));

test("refuses a code after 30 minutes", () =>
  closing(async () => {
    const result = await login();
    await post(`${admin}/clock/advance`, { by: "30m" });
    const answer = await post(address, result);
    assert.deepEqual(answer, { status: 409, content: { error: "EXPIRED_ACCESS_CODE" } });
  }));

test("does not repeat an exchange whose answer was lost", () =>
  closing(async () => {
    const stub = { vendor: "dapi", endpoint: "exchange_token", phase: "after" };
    await post(`${admin}/mappings`, { ...stub, response: { fault: "EMPTY_RESPONSE" } });
    assert.equal((await post(address, await login())).status, 502);
    const pattern = { vendor: "dapi", endpoint: "exchange_token" };
    assert.equal((await post(`${admin}/requests/count`, pattern)).content.count, 1);
  }));

test("answers 502 while Dapi is down", () =>
  closing(async () => {
    await post(`${admin}/mappings`, { vendor: "dapi", error: 500 });
    assert.equal((await post(address, await login())).status, 502);
  }));
