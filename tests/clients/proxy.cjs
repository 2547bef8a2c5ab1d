// Loaded before Prism: it behaves as a proxy before GitHub would.
const fetch = require('node-fetch');
const { Server } = require('node:http');

// A redirect is handed on as the server gave it. Prism's proxy follows redirects and cannot be told otherwise
// (https://github.com/stoplightio/prism/issues/1977), so that it holds the text of a job's log against a description that
// has only the 302.
fetch.default = (address, options) => fetch(address, { ...options, redirect: 'manual' });

// Node hangs up on a client that says nothing for five seconds, also while its next request is on the way.
const { listen } = Server.prototype;
Server.prototype.listen = function listenPatiently(...where) {
  this.keepAliveTimeout = 0;
  return listen.apply(this, where);
};
