(config) => {
  const crypto = require("crypto");
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = { iat: now, exp: now + 86400, user: "myUser", organization: "Main Org." };
  const signed = part({ typ: "JWT", alg: "HS256" }) + "." + part(claims);
  const signature = crypto.createHmac("sha256", "a key of 32 bytes, and no secret").update(signed);
  return {
    statusCode: 201,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ "user-token": signed + "." + signature.digest("base64url") }),
  };
}
