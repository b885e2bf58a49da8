// `cpp_clients CLIENT [METHOD...]`: sends requests for a token, one after another. Without a
// method it sends one POST. TOKEN_URL is the address, since these clients read no proxy variables.
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>
#include <httplib.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

const std::string BODY = R"({"api_key": "2882jj2hh288282jj2"})";

void with_poco(const Poco::URI& url, const std::vector<std::string>& methods) {
  Poco::Net::HTTPClientSession session(url.getHost(), url.getPort());
  session.setKeepAlive(true);
  for (const std::string& method : methods) {
    Poco::Net::HTTPRequest request(method, url.getPath(), "HTTP/1.1");
    request.set("Secret-Key", "YOUR_SECRET");
    if (method == "POST") {
      request.setContentType("application/json");
      request.setContentLength(BODY.size());
      session.sendRequest(request) << BODY;
    } else {
      session.sendRequest(request);
    }
    Poco::Net::HTTPResponse response;
    Poco::StreamCopier::copyStream(session.receiveResponse(response), std::cout);
    std::cout << std::endl;
  }
}

void with_cpp_httplib(const Poco::URI& url, const std::vector<std::string>& methods) {
  httplib::Client client(url.getHost(), url.getPort());
  client.set_keep_alive(true);
  const httplib::Headers headers = {{"Secret-Key", "YOUR_SECRET"}};
  for (const std::string& method : methods) {
    const auto result = method == "POST"
                            ? client.Post(url.getPath(), headers, BODY, "application/json")
                            : client.Get(url.getPath(), headers);
    if (result) {
      std::cout << result->body << std::endl;
    } else {
      std::cout << "error: " << httplib::to_string(result.error()) << std::endl;
    }
  }
}

int main(int count, char** arguments) {
  const Poco::URI url(std::getenv("TOKEN_URL"));
  std::vector<std::string> methods(arguments + 2, arguments + count);
  if (methods.empty()) methods = {"POST"};
  try {
    if (std::string(arguments[1]) == "Poco") with_poco(url, methods);
    else with_cpp_httplib(url, methods);
  } catch (const Poco::Exception& error) {
    std::cout << "error: " << error.displayText() << std::endl;
  }
}
