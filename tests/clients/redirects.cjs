// Lets Prism hand on a redirect as the server gave it. Its proxy follows redirects and cannot be told otherwise
// (https://github.com/stoplightio/prism/issues/1977), so that it holds the text of a job's log against a description that
// has only the 302.
const fetch = require('node-fetch');

fetch.default = (address, options) => fetch(address, { ...options, redirect: 'manual' });
