// Writes the part of GitHub's REST description that the rehearsal plays: Prism reads it four times faster than the whole.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';

const PLAYED = /^(\/|\/user|\/rate_limit|\/meta|\/repos\/\{owner\}\/\{repo\}(\/(releases|tags|branches|git|commits|compare|contents|environments|deployments|check-runs|issues|pulls|collaborators|actions\/(workflows|runs|jobs))(\/.*)?)?)$/;

const MOST_SEGMENTS = 4;

// GitHub describes GraphQL by its schema, which the GraphQL test asks; here it only has to pass.
const GRAPHQL = {
  post: {
    operationId: 'graphql',
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['query'],
            properties: { query: { type: 'string' }, variables: { type: 'object', nullable: true } },
          },
        },
      },
    },
    responses: {
      200: { description: 'Data and errors', content: { 'application/json': { schema: { type: 'object' } } } },
      404: { description: 'A server without it', content: { 'application/json': { schema: { type: 'object' } } } },
    },
  },
};

const path = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
const description = JSON.parse(readFileSync(path, 'utf8'));
for (const route of Object.keys(description.paths)) {
  if (!PLAYED.test(route)) delete description.paths[route];
}
spellOutSegments(description);
allowRanges(description);
allowUnchanged(description);
description.paths['/graphql'] = GRAPHQL;
delete description.webhooks;
delete description['x-webhooks'];
forgetUnused(description);
const withoutExamples = (key, value) => (key === 'example' || key === 'examples' ? undefined : value);
writeFileSync(process.argv[2], JSON.stringify(description, withoutExamples));

// GitHub takes slashes in the last part of some paths; Prism takes one segment for one name.
function spellOutSegments({ paths, components }) {
  const found = (parameter) => (parameter.$ref ? components.parameters[parameter.$ref.split('/').pop()] : parameter);
  for (const [route, item] of Object.entries(paths)) {
    const operations = Object.values(item).filter((operation) => operation.responses);
    const many = operations.flatMap((one) => one.parameters ?? []).map(found).find((one) => one['x-multi-segment']);
    if (!many || !route.endsWith(`{${many.name}}`)) continue;
    for (let segments = 2; segments <= MOST_SEGMENTS; segments += 1) {
      const names = Array.from({ length: segments - 1 }, (_, index) => `${many.name}_${index + 2}`);
      const more = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
      const longer = structuredClone(item);
      for (const operation of Object.values(longer)) {
        if (operation.responses) operation.parameters = [...(operation.parameters ?? []), ...more];
      }
      paths[`${route}/${names.map((name) => `{${name}}`).join('/')}`] = longer;
    }
  }
}

// GitHub gives its description of this one parameter the format of a moment, and says beside it that it takes a range, in
// the syntax of its search: https://docs.github.com/search-github/getting-started-with-searching-on-github/understanding-the-search-syntax#query-for-dates
function allowRanges({ components }) {
  const date = String.raw`\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?`;
  const { schema } = components.parameters.created;
  delete schema.format;
  schema.pattern = `^([<>]=?)?${date}$|^(${date}|\\*)\\.\\.(${date}|\\*)$`;
}

// Each GET takes the ETag of an answer that the asker has, and is answered with 304 where that still holds. GitHub describes it
// for some routes: https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
function allowUnchanged({ paths }) {
  for (const { get } of Object.values(paths)) {
    if (get) get.responses['304'] ??= { description: 'Not modified' };
  }
}

function forgetUnused({ paths, components }) {
  const used = new Set();
  const ahead = [paths];
  while (ahead.length > 0) {
    const text = JSON.stringify(ahead.pop());
    for (const [, group, name] of text.matchAll(/"#\/components\/([\w-]+)\/([^"]+)"/g)) {
      const key = `${group}/${name}`;
      if (used.has(key)) continue;
      used.add(key);
      if (components[group]?.[name]) ahead.push(components[group][name]);
    }
  }
  for (const [group, entries] of Object.entries(components)) {
    for (const name of Object.keys(entries)) if (!used.has(`${group}/${name}`)) delete entries[name];
  }
}
