// `node node_clients.mjs CLIENT [METHOD...]`: sends requests for a token, one after another.
// The program knows nothing of a mock. Without a method it sends one POST, which buys a token.
import { createRequire } from 'node:module';
import https from 'node:https';

const url = 'https://kitegateway.com/v1/auth/token';
const headers = {
  'Content-Type': 'application/json',
  Accept: 'application/json',
  'Secret-Key': 'YOUR_SECRET',
};
const bodyOf = (method) => (method === 'POST' ? '{"api_key": "2882jj2hh288282jj2"}' : undefined);
// Packages are found where the current folder has them, not beside this file.
const load = createRequire(`${process.cwd()}/`);
const imported = (name) => import(load.resolve(name));

const clients = {
  fetch: async (method, body) => (await fetch(url, { method, headers, body })).text(),
  https: (method, body) =>
    new Promise((done, failed) => {
      const request = https.request(url, { method, headers }, async (answer) => {
        let text = '';
        for await (const part of answer) text += part;
        done(text);
      });
      request.on('error', failed);
      request.end(body);
    }),
  undici: async (method, body) => {
    const { request } = load('undici');
    return (await request(url, { method, headers, body })).body.text();
  },
  'node-fetch': async (method, body) => {
    const { default: nodeFetch } = await imported('node-fetch');
    return (await nodeFetch(url, { method, headers, body })).text();
  },
  axios: async (method, data) =>
    JSON.stringify((await load('axios').request({ method, url, data, headers })).data),
  'axios-fetch': async (method, data) => {
    const answer = await load('axios').request({ method, url, data, headers, adapter: 'fetch' });
    return JSON.stringify(answer.data);
  },
  got: async (method, body) => (await imported('got')).default(url, { method, headers, body }).text(),
  ky: async (method, body) => (await imported('ky')).default(url, { method, headers, body }).text(),
  superagent: async (method, body) =>
    (await load('superagent')(method, url).set(headers).send(body)).text,
  needle: async (method, body) => {
    const answer = await load('needle')(method.toLowerCase(), url, body ?? null, { headers });
    return JSON.stringify(answer.body);
  },
  request: (method, body) =>
    new Promise((done, failed) => {
      load('request')({ method, url, headers, body }, (error, _, text) =>
        error ? failed(error) : done(text),
      );
    }),
  '@dapi-co/dapi-node': async () => {
    const { default: DapiClient } = load('@dapi-co/dapi-node');
    const dapi = new DapiClient({ appSecret: 'app_secret_value' });
    return JSON.stringify(
      await dapi.auth.exchangeToken('access_code_value', 'connection_id_value'),
    );
  },
};

const [, , client, ...methods] = process.argv;
for (const method of methods.length ? methods : ['POST']) {
  console.log(await clients[client](method, bodyOf(method)));
}
