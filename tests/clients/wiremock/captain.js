// What npm's `wiremock-captain` does with a server; see steps.js.

const assert = require("node:assert/strict");
const { base, run, statuses } = require("./steps.js");
const { DelayType, WireMock } = require("wiremock-captain");

const mock = new WireMock(`${base}/`);

const steps = {
  async requests_are_listed_and_found() {
    await statuses("/ds-api/", "/ds-api/role");
    assert.equal((await mock.getAllRequests()).length, 2);
    const [unmatched] = await mock.getUnmatchedRequests();
    assert.equal(unmatched.url, "/ds-api/role");
    await mock.register({ method: "GET", endpoint: "/tea" }, { status: 204 });
    await statuses("/tea");
    const [asked] = await mock.getRequestsForAPI("GET", "/tea");
    assert.equal(asked.request.url, "/tea");
  },

  async a_stub_is_registered_listed_got_and_deleted() {
    const request = { method: "POST", endpoint: "/tea", body: { a: 1 } };
    const answer = { status: 200, body: { b: 2 } };
    const stub = await mock.register(request, answer, { stubPriority: 3 });
    const sent = { method: "POST", body: '{"a": 1}' };
    assert.deepEqual(await (await fetch(`${base}/tea`, sent)).json(), { b: 2 });
    assert.deepEqual(await mock.getAllMappings(), [stub]);
    assert.deepEqual(await mock.getMapping(stub.id), stub);
    await mock.deleteMapping(stub.id);
    assert.deepEqual(await mock.getAllMappings(), []);
  },

  async a_scenario_goes_from_state_to_state() {
    const request = { method: "GET", endpoint: "/s" };
    const states = { requiredScenarioState: "Started", newScenarioState: "two" };
    await mock.register(request, { status: 201 }, { scenario: { scenarioName: "s", ...states } });
    const second = { scenarioName: "s", requiredScenarioState: "two" };
    await mock.register(request, { status: 202 }, { scenario: second });
    assert.deepEqual(await statuses("/s", "/s"), [201, 202]);
    assert.equal((await mock.getAllScenarios())[0].state, "two");
    await mock.resetAllScenarios();
    assert.deepEqual(await statuses("/s"), [201]);
  },

  async order_faults() {
    const faults = ["EMPTY_RESPONSE", "CONNECTION_RESET_BY_PEER"];
    for (const fault of [...faults, "MALFORMED_RESPONSE_CHUNK", "RANDOM_DATA_THEN_CLOSE"])
      await mock.register({ method: "GET", endpoint: `/${fault}` }, { status: 200 }, { fault });
  },

  async order_a_delay() {
    const responseDelay = { type: DelayType.UNIFORM, lower: 60, upper: 70 };
    const request = { method: "GET", endpoint: "/ds-api/" };
    await mock.register(request, { status: 200 }, { responseDelay });
  },

  async reset_everything() {
    await mock.register({ method: "GET", endpoint: "/tea" }, { status: 418 });
    await statuses("/tea");
    await mock.clearAll();
  },
};

run(steps);
