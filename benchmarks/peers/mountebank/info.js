(config) => {
  const crypto = require("crypto");
  const [head, claims, signature] = config.request.query.token.split(".");
  const expected = crypto.createHmac("sha256", "a key of 32 bytes, and no secret");
  const good = expected.update(head + "." + claims).digest("base64url") === signature;
  const said = good ? JSON.parse(Buffer.from(claims, "base64url").toString()) : {};
  return {
    statusCode: good && said.exp > Date.now() / 1000 ? 200 : 401,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: said.user, expires: said.exp }),
  };
}
