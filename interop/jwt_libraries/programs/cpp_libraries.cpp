// Judge tokens with one library for C++: `cpp_libraries LIBRARY < cases > outcomes`.
// Poco verifies the signature alone.
#include <Poco/Exception.h>
#include <Poco/JWT/Signer.h>
#include <Poco/JWT/Token.h>
#include <jwt/jwt.hpp>
#include <openssl/evp.h>

#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

using Json = nlohmann::json;
using namespace jwt::params;

std::string decoded(const std::string& text) {
  std::string bytes(text.size(), '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(&bytes[0]),
                                     reinterpret_cast<const unsigned char*>(text.data()), text.size());
  bytes.resize(length - (text.size() - text.find_last_not_of('=') - 1));
  return bytes;
}

std::string outcome(const std::function<void()>& call) {
  try {
    call();
    return "accepted";
  } catch (const Poco::Exception& error) {
    return error.displayText();
  } catch (const std::exception& error) {
    return error.what();
  }
}

int main(int count, char** arguments) {
  const bool is_poco = std::string(arguments[1]) == "Poco";
  Json given = Json::parse(std::cin), outcomes;
  const std::string key = decoded(given["key"].get<std::string>());
  for (const Json& each : given["cases"]) {
    const std::string token = each["token"].get<std::string>();
    Json& found = outcomes[each["name"].get<std::string>()];
    if (is_poco) {
      found["verify"] = outcome([&] { Poco::JWT::Signer(key).verify(token); });
      found["read"] = outcome([&] { Poco::JWT::Token read(token); });
      continue;
    }
    found["verify"] = outcome([&] {
      if (each["audience"].is_null()) {
        jwt::decode(token, algorithms({"HS256"}), secret(key));
      } else {
        jwt::decode(token, algorithms({"HS256"}), secret(key), aud(each["audience"].get<std::string>()));
      }
    });
    found["read"] =
        outcome([&] { jwt::decode(token, algorithms({"HS256"}), secret(key), verify(false)); });
  }
  std::cout << outcomes.dump(-1, ' ', false, Json::error_handler_t::replace);
}
