//! The GraphQL face: the part of GitHub's public schema that release tools ask, over the same facts as REST.
//!
//! Names, nullability and defaults are GitHub's own; a test compares them with the schema that GitHub publishes.
//! What GitHub leaves open is answered as GitHub has been seen to: connections ask for `first` or `last`, at most 100;
//! errors carry their `type` beside the message; an answer that GitHub can only give in part comes with `errors`.

mod actor;
mod by_id;
mod changed_file;
mod commit;
mod connection;
mod cost;
mod deployment;
mod environment;
mod issue;
mod mutation;
mod pull_request;
mod query;
mod refs;
mod release;
mod repository;
mod scalar;
mod snapshot;
mod unused;

use async_graphql::{
    EmptySubscription, PathSegment, Request, Response, ServerError,
    parser::{
        parse_query,
        types::{BaseType, ExecutableDocument},
    },
};
use serde_json::{Map, Value, json};

pub(crate) use self::snapshot::Snapshot;
use self::{cost::Cost, mutation::Mutation, query::Query};
use crate::{github::GitHub, http::Links};

/// GitHub's schema, as far as it is played here.
pub(crate) type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// Nothing that a person writes nests deeper.
const DEEPEST: usize = 40;

pub(crate) fn schema() -> Schema {
    Schema::build(Query, Mutation, EmptySubscription).limit_depth(DEEPEST).finish()
}

/// The answer to one request, and the points that it costs.
pub(crate) async fn answer(schema: &Schema, github: GitHub, links: Links, request: Request) -> (Value, u64) {
    let cost = match parse_query(&request.query) {
        Ok(document) => {
            if let Some(refusal) = undefined(schema, &document) {
                return (refusal, Cost::LEAST.points);
            }
            Cost::of(&document, &request.variables, request.operation_name.as_deref())
        }
        Err(_) => Cost::LEAST,
    };
    if cost.nodes > cost::MOST_NODES {
        return (too_many(cost.nodes), Cost::LEAST.points);
    }
    let snapshot = Snapshot::take(github, links, cost);
    let response = schema.execute(request.data(snapshot)).await;
    (told(&response), cost.points)
}

/// GitHub's error says what kind it is beside its message; a request that was refused as a whole has no data.
fn told(response: &Response) -> Value {
    let mut body = Map::new();
    let mut data = serde_json::to_value(&response.data).unwrap_or_default();
    response.errors.iter().for_each(|error| put_null(&mut data, &error.path));
    let refused = data.is_null() && response.errors.iter().all(|error| error.path.is_empty());
    if !refused || response.errors.is_empty() {
        body.insert("data".to_owned(), data);
    }
    if !response.errors.is_empty() {
        body.insert("errors".to_owned(), response.errors.iter().map(told_error).collect());
    }
    Value::Object(body)
}

/// What could not be answered is null in the data, and not left out.
fn put_null(data: &mut Value, path: &[PathSegment]) {
    let Some((segment, rest)) = path.split_first() else { return };
    match segment {
        PathSegment::Field(name) => {
            if let Some(fields) = data.as_object_mut() {
                put_null(fields.entry(name).or_insert(Value::Null), rest);
            }
        }
        PathSegment::Index(index) => {
            if let Some(item) = data.get_mut(index) {
                put_null(item, rest);
            }
        }
    }
}

fn told_error(error: &ServerError) -> Value {
    let mut told = serde_json::to_value(error).unwrap_or_default();
    let kind = told.get_mut("extensions").and_then(Value::as_object_mut).and_then(|extra| extra.remove("type"));
    if let (Some(kind), Some(error)) = (kind, told.as_object_mut()) {
        error.insert("type".to_owned(), kind);
        error.remove("extensions");
    }
    told
}

/// A variable of a type that is not played here. The library takes it for granted that the type is known.
fn undefined(schema: &Schema, document: &ExecutableDocument) -> Option<Value> {
    let names = schema.names();
    let variables = document.operations.iter().flat_map(|(_, operation)| &operation.node.variable_definitions);
    let unknown =
        variables.map(|variable| base(&variable.node.var_type.node.base)).find(|name| !names.contains(name))?;
    let extensions = json!({ "code": "variableRequiresValidType", "typeName": unknown });
    let message = format!("{unknown} isn't a defined input type");
    Some(json!({ "errors": [{ "message": message, "extensions": extensions }] }))
}

fn base(kind: &BaseType) -> String {
    match kind {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(items) => base(&items.base),
    }
}

fn too_many(nodes: u64) -> Value {
    let message = format!(
        "By the time this query traverses to its last connection, it is requesting up to {nodes} possible nodes \
         which exceeds the maximum limit of {}.",
        cost::MOST_NODES
    );
    json!({ "errors": [{ "type": "MAX_NODE_LIMIT_EXCEEDED", "message": message }] })
}
