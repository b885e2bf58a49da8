// `node node_clients.mjs CLIENT`: buys a token as a program does that knows nothing of a mock.
import { createRequire } from 'node:module';
import https from 'node:https';

const url = 'https://kitegateway.com/v1/auth/token';
const headers = {
  'Content-Type': 'application/json',
  Accept: 'application/json',
  'Secret-Key': 'YOUR_SECRET',
};
const body = '{"api_key": "2882jj2hh288282jj2"}';
// Packages are found where the current folder has them, not beside this file.
const load = createRequire(`${process.cwd()}/`);
const imported = (name) => import(load.resolve(name));

const clients = {
  fetch: async () => (await fetch(url, { method: 'POST', headers, body })).text(),
  https: () =>
    new Promise((done, failed) => {
      const request = https.request(url, { method: 'POST', headers }, async (answer) => {
        let text = '';
        for await (const part of answer) text += part;
        done(text);
      });
      request.on('error', failed);
      request.end(body);
    }),
  undici: async () => {
    const { request } = load('undici');
    return (await request(url, { method: 'POST', headers, body })).body.text();
  },
  'node-fetch': async () => {
    const { default: nodeFetch } = await imported('node-fetch');
    return (await nodeFetch(url, { method: 'POST', headers, body })).text();
  },
  axios: async () => JSON.stringify((await load('axios').post(url, body, { headers })).data),
  'axios-fetch': async () => {
    const answer = await load('axios').post(url, body, { headers, adapter: 'fetch' });
    return JSON.stringify(answer.data);
  },
  got: async () => (await imported('got')).default.post(url, { headers, body }).text(),
  ky: async () => (await imported('ky')).default.post(url, { headers, body }).text(),
  superagent: async () => (await load('superagent').post(url).set(headers).send(body)).text,
  needle: async () => JSON.stringify((await load('needle')('post', url, body, { headers })).body),
  request: () =>
    new Promise((done, failed) => {
      load('request').post({ url, headers, body }, (error, _, text) =>
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

console.log(await clients[process.argv[2]]());
