// Judge tokens with one library for Node: `node node_libraries.mjs LIBRARY < cases > outcomes`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The packages are in the working folder, not beside this file.
const require = createRequire(`${process.cwd()}/`);
const given = JSON.parse(readFileSync(0, "utf8"));
const key = Buffer.from(given.key, "base64");

const libraries = {
  jsonwebtoken: () => {
    const jwt = require("jsonwebtoken");
    return {
      verify: (token, audience) => jwt.verify(token, key, { algorithms: ["HS256"], audience }),
      read: (token) => jwt.decode(token),
    };
  },
  jose: async () => {
    const jose = await import(require.resolve("jose"));
    return {
      verify: (token, audience) => jose.jwtVerify(token, key, { algorithms: ["HS256"], audience }),
      read: (token) => jose.decodeJwt(token),
    };
  },
  "fast-jwt": () => {
    const { createDecoder, createVerifier } = require("fast-jwt");
    return {
      verify: (token, audience) =>
        createVerifier({ key, algorithms: ["HS256"], ...(audience && { allowedAud: audience }) })(token),
      read: createDecoder(),
    };
  },
  "@hapi/jwt": () => {
    const { token: jwt } = require("@hapi/jwt");
    return {
      verify: (token, audience) => {
        const options = { aud: audience ?? false, iss: false, sub: false };
        jwt.verify(jwt.decode(token), { key, algorithm: "HS256" }, options);
      },
      read: (token) => jwt.decode(token),
    };
  },
  hono: async () => {
    const jwt = await import(require.resolve("hono/jwt"));
    const secret = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, [
      "verify",
    ]);
    return { verify: (token) => jwt.verify(token, secret, "HS256"), read: (token) => jwt.decode(token) };
  },
  "jwt-simple": () => {
    const jwt = require("jwt-simple");
    return {
      verify: (token) => jwt.decode(token, key, false, "HS256"),
      read: (token) => jwt.decode(token, "", true),
    };
  },
  jsrsasign: () => {
    const { KJUR } = require("jsrsasign");
    return {
      verify: (token, audience) => {
        const options = { alg: ["HS256"], ...(audience && { aud: [audience] }) };
        if (!KJUR.jws.JWS.verifyJWT(token, { hex: key.toString("hex") }, options)) {
          throw new Error("false");
        }
      },
      read: (token) => KJUR.jws.JWS.parse(token).payloadObj,
    };
  },
  "jwt-decode": () => {
    const { jwtDecode } = require("jwt-decode");
    return { read: (token) => jwtDecode(token) };
  },
  "@node-rs/jsonwebtoken": () => {
    const jwt = require("@node-rs/jsonwebtoken");
    return {
      verify: (token, audience) =>
        jwt.verifySync(token, key, { algorithms: [jwt.Algorithm.HS256], ...(audience && { aud: [audience] }) }),
    };
  },
};

async function outcome(call, token, audience) {
  try {
    const value = await call(token, audience);
    return value === null ? "null" : "accepted";
  } catch (error) {
    const code = error.code && !error.message.includes(error.code) ? ` (${error.code})` : "";
    return `${error.name}: ${error.message}${code}`.replace(/\s+/g, " ");
  }
}

const { verify, read } = await libraries[process.argv[2]]();
const outcomes = {};
for (const { name, token, audience } of given.cases) {
  outcomes[name] = {
    verify: verify ? await outcome(verify, token, audience ?? undefined) : null,
    read: read ? await outcome(read, token) : null,
  };
}
console.log(JSON.stringify(outcomes));
