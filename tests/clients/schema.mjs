// Holds the rehearsal's GraphQL schema against the one that GitHub publishes, and queries (a file with a JSON array
// of texts) against GitHub's. Prints what differs, as a JSON array of sentences.
import { readFileSync } from 'node:fs';
import { buildClientSchema, buildSchema, getIntrospectionQuery, parse, validate } from 'graphql';
import { schema as published } from '@octokit/graphql-schema';

// GitHub's text names two fields twice; that is no concern of ours.
const theirs = buildSchema(published.idl, { assumeValidSDL: true });
const faults = [];

const ours = await introspected();
for (const type of Object.values(ours.getTypeMap())) {
  if (!type.name.startsWith('__')) compareType(type, theirs.getType(type.name));
}
for (const query of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  for (const error of validate(theirs, parse(query))) faults.push(`${error.message} (in ${query.slice(0, 60)})`);
}
console.log(JSON.stringify(faults));

async function introspected() {
  const answer = await fetch(`${process.env.API}/graphql`, {
    method: 'POST',
    headers: { authorization: `bearer ${process.env.TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  });
  return buildClientSchema((await answer.json()).data);
}

function compareType(our, their) {
  if (!their) return faults.push(`GitHub has no type ${our.name}`);
  if (our.constructor.name !== their.constructor.name) faults.push(`${our.name} is of another kind at GitHub`);
  if (our.getValues) compareValues(our, their);
  else if (our.getFields) compareFields(our, their);
}

function compareValues(our, their) {
  const known = their.getValues().map((value) => value.name);
  for (const value of our.getValues()) {
    if (!known.includes(value.name)) faults.push(`${our.name} has no value ${value.name} at GitHub`);
  }
}

function compareFields(our, their) {
  for (const [name, field] of Object.entries(our.getFields())) {
    const known = their.getFields()[name];
    const place = `${our.name}.${name}`;
    if (!known) {
      faults.push(`GitHub has no field ${place}`);
      continue;
    }
    if (`${field.type}` !== `${known.type}`) faults.push(`${place} is ${known.type} at GitHub, not ${field.type}`);
    for (const argument of field.args ?? []) compareArgument(place, argument, known.args);
  }
  // Whatever must be given at GitHub must be known here as well.
  for (const [name, field] of Object.entries(their.getFields())) {
    if (their.constructor.name === 'GraphQLInputObjectType' && `${field.type}`.endsWith('!') && !our.getFields()[name]) {
      faults.push(`${our.name} lacks ${name}, which GitHub asks for`);
    }
  }
}

function compareArgument(place, argument, known) {
  const same = known.find((other) => other.name === argument.name);
  if (!same) return faults.push(`GitHub's ${place} has no argument ${argument.name}`);
  if (`${argument.type}` !== `${same.type}`) {
    faults.push(`${place}(${argument.name}) is ${same.type} at GitHub, not ${argument.type}`);
  }
  if (JSON.stringify(argument.defaultValue) !== JSON.stringify(same.defaultValue)) {
    faults.push(`${place}(${argument.name}) is ${JSON.stringify(same.defaultValue)} by default at GitHub`);
  }
}
