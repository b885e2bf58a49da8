// Leads this process's connections to the vendors' hosts to the server that is named here.
//
// Node loads it at its start: `token-mockserver run` and `env` add it to NODE_OPTIONS. Every client
// for Node opens its connections by net.Socket's connect, whether or not it knows of proxies.
'use strict';

const net = require('node:net');

const server = process.env.TOKEN_MOCKSERVER_URL && new URL(process.env.TOKEN_MOCKSERVER_URL);
const hosts = new Set((process.env.TOKEN_MOCKSERVER_HOSTS || '').toLowerCase().split(','));
const connect = net.Socket.prototype.connect;

function isRedirected(host) {
  return typeof host === 'string' && host !== '' && hosts.has(host.toLowerCase().replace(/\.$/, ''));
}

function redirected(options) {
  const host = server.hostname.replace(/^\[|\]$/g, '');
  // `lookup` would resolve the server's address by the caller's own resolver.
  return { ...options, host, port: Number(server.port || 80), lookup: undefined };
}

if (server) {
  net.Socket.prototype.connect = function (...args) {
    // Either the list that net.connect has made of its arguments, or those arguments themselves.
    const list = Array.isArray(args[0]) ? args[0] : args;
    if (list[0] !== null && typeof list[0] === 'object' && isRedirected(list[0].host)) {
      list[0] = redirected(list[0]);
    } else if (typeof list[1] === 'string' && isRedirected(list[1])) {
      const { host, port } = redirected({});
      list[0] = port;
      list[1] = host;
    }
    return connect.apply(this, args);
  };
}
