// What npm's `wiremock-rest-client` does with a server; see steps.js. A call that is refused ends
// the process.

const assert = require("node:assert/strict");
const { base, run, statuses, token } = require("./steps.js");
const { WireMockRestClient } = require("wiremock-rest-client");

const headers = token ? { Authorization: `Bearer ${token}` } : {};
const options = { logLevel: "warn", headers };
const { mappings, requests, scenarios, global } = new WireMockRestClient(`${base}/`, options);

const steps = {
  async requests_are_listed_found_counted_and_removed() {
    assert.deepEqual(await statuses("/ds-api/?a=b", "/ds-api/roles"), [200, 401]);
    const journal = await requests.getAllRequests();
    assert.equal(journal.meta.total, 2);
    assert.equal(journal.requestJournalDisabled, false);
    const [newest, oldest] = journal.requests;
    assert.equal(newest.request.url, "/ds-api/roles");
    assert.equal(oldest.wasMatched, true);
    assert.deepEqual(await requests.getRequest(oldest.id), oldest);

    const pattern = { urlPath: "/ds-api/", queryParameters: { a: { equalTo: "b" } } };
    assert.equal((await requests.getCount(pattern)).count, 1);
    const found = await requests.findRequests(pattern);
    assert.deepEqual(found.requests, [oldest.request]);
    const removed = await requests.removeRequests(pattern);
    assert.deepEqual(removed.serveEvents, [oldest]);
    await requests.deleteRequest(newest.id);
    assert.equal((await requests.getAllRequests()).meta.total, 0);
  },

  async unmatched_requests_have_near_misses() {
    await statuses("/ds-api/", "/ds-api/role");
    const { requests: unmatched } = await requests.getUnmatchedRequests();
    assert.deepEqual(unmatched.map((request) => request.url), ["/ds-api/role"]);
    const { nearMisses } = await requests.getUnmatchedNearMisses();
    assert.equal(nearMisses.length, 3);
    assert.equal(nearMisses[0].stubMapping.name, "datasentinel roles");
    assert.match(nearMisses[0].request.sideBySide, /\/ds-api\/roles +\/ds-api\/role  </);
  },

  async a_stub_is_created_listed_got_updated_and_deleted() {
    const request = { method: "GET", url: "/tea" };
    const stub = await mappings.createMapping({ request, response: { status: 418 } });
    assert.deepEqual(await statuses("/tea"), [418]);
    const listed = await mappings.getAllMappings();
    assert.deepEqual([listed.meta.total, listed.mappings], [1, [stub]]);
    assert.deepEqual(await mappings.getMapping(stub.id), stub);
    await mappings.updateMapping(stub.id, { request, response: { status: 204 } });
    assert.deepEqual(await statuses("/tea"), [204]);
    await mappings.deleteMapping(stub.id);
    assert.deepEqual(await statuses("/tea"), [404]);
  },

  async a_scenario_goes_from_state_to_state() {
    const request = { method: "GET", url: "/s" };
    const scenario = { scenarioName: "s", request };
    const first = { requiredScenarioState: "Started", newScenarioState: "two" };
    await mappings.createMapping({ ...scenario, ...first, response: { status: 201 } });
    const second = { requiredScenarioState: "two", response: { status: 202 } };
    await mappings.createMapping({ ...scenario, ...second });
    assert.deepEqual(await statuses("/s", "/s"), [201, 202]);
    const [shown] = (await scenarios.getAllScenarios()).scenarios;
    assert.deepEqual([shown.id, shown.name, shown.state], ["s", "s", "two"]);
    assert.deepEqual(shown.possibleStates, ["Started", "two"]);
    await scenarios.resetScenario("s");
    assert.deepEqual(await statuses("/s"), [201]);
    await scenarios.setScenarioState("s", "Started");
    assert.deepEqual(await statuses("/s"), [201]);
    await scenarios.resetAllScenarios();
    assert.deepEqual(await statuses("/s"), [201]);
  },

  async order_faults() {
    const faults = ["EMPTY_RESPONSE", "CONNECTION_RESET_BY_PEER"];
    for (const fault of [...faults, "MALFORMED_RESPONSE_CHUNK", "RANDOM_DATA_THEN_CLOSE"])
      await mappings.createMapping({ request: { url: `/${fault}` }, response: { fault } });
  },

  async order_a_delay() {
    await global.updateGlobalSettings({ fixedDelay: 60 });
  },

  async reset_one_by_one() {
    await mappings.createMapping({ request: { url: "/tea" }, response: { status: 418 } });
    await mappings.deleteAllMappings();
    await mappings.createMapping({ request: { url: "/tea" }, response: { status: 418 } });
    await mappings.resetAllMappings();
    assert.deepEqual(await statuses("/tea"), [404]);
    await requests.deleteAllRequests();
    await statuses("/tea");
    await requests.resetAllRequests();
  },

  async reset_everything() {
    await mappings.createMapping({ request: { url: "/tea" }, response: { status: 418 } });
    assert.deepEqual(await statuses("/tea"), [418]);
    await global.resetAll();
  },

  async be_refused() {
    await mappings.saveAllMappings();
  },
};

run(steps);
