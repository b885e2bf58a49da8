import static com.github.tomakehurst.wiremock.client.WireMock.*;

import com.github.tomakehurst.wiremock.admin.model.ServeEventQuery;
import com.github.tomakehurst.wiremock.client.BasicCredentials;
import com.github.tomakehurst.wiremock.client.VerificationException;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.client.WireMockBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.http.UniformDistribution;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import com.github.tomakehurst.wiremock.verification.NearMiss;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What WireMock's client for Java does with a server. Called with its address, the names of
 * steps with commas between (after each of several, a reset), and an admin token if one is
 * asked for.
 */
class JavaClient {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static URI base;
  private static WireMock mock;

  public static void main(String[] arguments) throws Exception {
    base = URI.create(arguments[0]);
    String[] admin = Arrays.copyOfRange(arguments, 2, arguments.length);
    mock =
        new WireMockBuilder()
            .host(base.getHost())
            .port(base.getPort())
            .urlPathPrefix(base.getPath())
            .authenticator(() -> Stream.of(admin).map(JavaClient::bearer).toList())
            .build();
    for (String step : arguments[1].split(",")) {
      System.out.println(step);
      JavaClient.class.getDeclaredMethod(step).invoke(null);
      if (arguments[1].contains(",")) reset();
    }
  }

  static void verifiesACount() throws Exception {
    ask("/ds-api/?a=b");
    ask("/ds-api/?a=c");
    mock.verifyThat(2, getRequestedFor(urlPathEqualTo("/ds-api/")));
    mock.verifyThat(1, getRequestedFor(anyUrl()).withQueryParam("a", equalTo("b")));
    mock.verifyThat(lessThan(1), deleteRequestedFor(anyUrl()));
    String told = refusal(() -> mock.verifyThat(3, getRequestedFor(urlPathEqualTo("/ds-api/"))));
    contains("Expected exactly 3 requests", told);
    contains("received 2", told);
    told = refusal(() -> mock.verifyThat(getRequestedFor(urlEqualTo("/ds-api/?a=bb"))));
    contains("Most similar request was", told);
    contains("/ds-api/?a=b\n", told);
  }

  static void matchesWithEveryMatcher() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/ds-api/?q=text"))
            .header("X-A", "Text")
            .header("Authorization", "Basic YTpi")
            .POST(HttpRequest.BodyPublishers.ofString("{\"a\": {\"b\": 1}, \"c\": [1, 2]}"))
            .build();
    HTTP.send(request, BodyHandlers.ofString());
    mock.verifyThat(
        1,
        postRequestedFor(urlPathMatching("/ds-.*"))
            .withHeader("X-A", equalToIgnoreCase("text"))
            .withHeader("X-A", matching("T.*"))
            .withHeader("X-A", notMatching("t.*"))
            .withoutHeader("X-B")
            .withQueryParam("q", containing("ex"))
            .withBasicAuth(new BasicCredentials("a", "b"))
            .withRequestBody(equalToJson("{\"c\": [2, 1]}", true, true))
            .withRequestBody(matchingJsonPath("$.a.b"))
            .withRequestBody(matchingJsonPath("$.a.b", equalTo("1"))));
    mock.verifyThat(1, anyRequestedFor(urlMatching("/ds-api/.q=.*")));
    mock.verifyThat(0, anyRequestedFor(anyUrl()).withRequestBody(equalToJson("{\"c\": [2, 1]}")));
  }

  static void readsTheJournal() throws Exception {
    Instant started = Instant.now().minusSeconds(5);
    StubMapping stub = mock.register(get("/tea").withName("tea").willReturn(status(418)));
    ask("/tea");
    ask("/ds-api/");
    ask("/nowhere");
    List<ServeEvent> events = mock.getServeEvents();
    same(3, events.size());
    ServeEvent tea = events.get(2);
    same(stub, tea.getStubMapping());
    same(418, tea.getResponseDefinition().getStatus());
    same(true, tea.getWasMatched());
    same("/tea", tea.getRequest().getUrl());
    same("127.0.0.1", tea.getRequest().getClientIp());
    same(true, tea.getRequest().getLoggedDate().toInstant().isAfter(started));
    same(1, mock.getServeEvents(ServeEventQuery.ALL_UNMATCHED).size());
    same(tea.getId(), mock.getServeEvents(ServeEventQuery.forStubMapping(stub)).get(0).getId());
    same(3, mock.find(anyRequestedFor(anyUrl())).size());

    mock.removeEvent(tea.getId());
    same(1, mock.removeEvents(getRequestedFor(urlEqualTo("/nowhere"))).size());
    same(List.of("/ds-api/"), urls(mock.find(anyRequestedFor(anyUrl()))));
    mock.resetRequests();
    same(0, mock.getServeEvents().size());
  }

  static void readsNearMisses() throws Exception {
    ask("/ds-api/");
    ask("/ds-api/role");
    LoggedRequest unmatched = mock.findAllUnmatchedRequests().get(0);
    same("/ds-api/role", unmatched.getUrl());
    List<NearMiss> misses = mock.findNearMissesForAllUnmatchedRequests();
    same(3, misses.size());
    same("datasentinel roles", misses.get(0).getStubMapping().getName());
    same(true, misses.get(0).getMatchResult().getDistance() < 0.2);
    contains("/ds-api/roles", misses.get(0).toString());
    same(3, mock.findTopNearMissesFor(unmatched).size());
    NearMiss nearest = mock.findAllNearMissesFor(putRequestedFor(urlEqualTo("/ds-api/"))).get(0);
    same("/ds-api/", nearest.getRequest().getUrl());
  }

  static void drivesAStub() throws Exception {
    StubMapping stub =
        mock.register(get("/tea").atPriority(3).persistent().willReturn(status(418)));
    same(418, ask("/tea"));
    same(List.of(stub), mock.allStubMappings().getMappings());
    same(stub, mock.getStubMapping(stub.getId()).getItem());
    mock.editStubMapping(get("/tea").withId(stub.getId()).willReturn(okJson("{}")));
    same(200, ask("/tea"));
    mock.removeStubMapping(stub.getId());
    same(404, ask("/tea"));
    mock.removeStubMapping(mock.register(get("/tea").willReturn(ok())));
    mock.register(get("/tea").willReturn(ok()));
    mock.removeStubMapping(get("/tea"));
    same(404, ask("/tea"));
  }

  static void playsAScenario() throws Exception {
    mock.register(
        get("/s")
            .inScenario("s")
            .whenScenarioStateIs(Scenario.STARTED)
            .willSetStateTo("two")
            .willReturn(status(201)));
    mock.register(get("/s").inScenario("s").whenScenarioStateIs("two").willReturn(status(202)));
    same(201, ask("/s"));
    same(202, ask("/s"));
    Scenario scenario = mock.getScenarios().get(0);
    same("s", scenario.getName());
    same("two", scenario.getState());
    same(Set.of("Started", "two"), scenario.getPossibleStates());
    mock.setSingleScenarioState("s", "Started");
    same(201, ask("/s"));
    mock.resetScenarioState("s");
    same(201, ask("/s"));
    mock.resetScenarios();
    same(201, ask("/s"));
  }

  static void readsSettings() {
    mock.setGlobalFixedDelayVariable(5);
    same(5, mock.getGlobalSettings().getFixedDelay());
    mock.setGlobalRandomDelayVariable(new UniformDistribution(1, 2));
    same(UniformDistribution.class, mock.getGlobalSettings().getDelayDistribution().getClass());
  }

  static void isRefusedByName() {
    contains("WireMock's recording", refusal(() -> mock.startStubRecording("http://a")));
    contains("WireMock's saving stubs to files", refusal(() -> mock.saveMappings()));
    contains("WireMock's shutdown", refusal(() -> mock.shutdown()));
    String told = refusal(() -> mock.register(get("/a").willReturn(ok().withTransformers("a"))));
    contains("response.transformers is not supported", told);
    told = refusal(() -> mock.register(post("/a").withMultipartRequestBody(aMultipart("a"))));
    contains("request.multipartPatterns is not supported", told);
  }

  static void ordersFaults() {
    for (Fault fault : Fault.values())
      mock.register(get("/" + fault).willReturn(aResponse().withFault(fault)));
  }

  static void ordersADelay() {
    mock.setGlobalFixedDelayVariable(60);
  }

  static void resetsStubsAlone() throws Exception {
    mock.register(get("/tea").willReturn(status(418)));
    mock.removeMappings();
    mock.register(get("/tea").willReturn(status(418)));
    mock.resetToDefaultMappings();
    same(404, ask("/tea"));
    same(1, mock.getServeEvents().size());
  }

  /** The one call that does more here: it posts to /__admin/reset. */
  static void resetsEverything() throws Exception {
    mock.register(get("/tea").willReturn(status(418)));
    ask("/tea");
    mock.resetMappings();
  }

  private static HttpHeader bearer(String token) {
    return new HttpHeader("Authorization", "Bearer " + token);
  }

  private static void reset() throws Exception {
    URI url = URI.create(base + "/__admin/reset");
    HTTP.send(
        HttpRequest.newBuilder(url).POST(HttpRequest.BodyPublishers.noBody()).build(),
        BodyHandlers.discarding());
  }

  private static int ask(String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(base + path)).build();
    return HTTP.send(request, BodyHandlers.ofString()).statusCode();
  }

  private static List<String> urls(List<LoggedRequest> requests) {
    return requests.stream().map(LoggedRequest::getUrl).toList();
  }

  private static String refusal(Runnable call) {
    try {
      call.run();
    } catch (VerificationException | com.github.tomakehurst.wiremock.common.ClientError error) {
      return error.getMessage();
    }
    throw new AssertionError("it was not refused");
  }

  private static void contains(String part, String text) {
    if (!text.contains(part)) throw new AssertionError("no " + part + " in " + text);
  }

  private static void same(Object expected, Object actual) {
    if (!Objects.equals(expected, actual))
      throw new AssertionError("expected " + expected + ", got " + actual);
  }
}
