//! What a query costs, by GitHub's published rule: the requests that every connection would need, over a hundred.

use async_graphql::{
    Positioned, Value, Variables,
    parser::types::{ExecutableDocument, Field, Selection, SelectionSet},
};

/// Nodes that a query may touch at most.
pub(super) const MOST_NODES: u64 = 500_000;
const REQUESTS_PER_POINT: u64 = 100;
/// Fragments that name each other are refused by the schema; the count only has to end.
const DEEPEST: usize = 40;

/// The price of a query, known before it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) points: u64,
    /// Nodes that it may touch at most.
    pub(crate) nodes: u64,
}

impl Cost {
    pub(super) const LEAST: Self = Self { points: 1, nodes: 0 };

    pub(super) fn of(document: &ExecutableDocument, variables: &Variables, operation: Option<&str>) -> Self {
        let mut operations = document.operations.iter();
        let wanted = operations.find(|(name, _)| operation.is_none() || name.map(|name| name.as_str()) == operation);
        let mut count = Count { document, variables, requests: 0, nodes: 0 };
        if let Some((_, operation)) = wanted {
            count.add(&operation.node.selection_set.node, 1, 0);
        }
        let points = (count.requests + REQUESTS_PER_POINT / 2) / REQUESTS_PER_POINT;
        Self { points: points.max(1), nodes: count.nodes }
    }
}

struct Count<'d> {
    document: &'d ExecutableDocument,
    variables: &'d Variables,
    requests: u64,
    nodes: u64,
}

impl Count<'_> {
    /// `times`: how often the parent may occur.
    fn add(&mut self, selections: &SelectionSet, times: u64, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        for Positioned { node: selection, .. } in &selections.items {
            match selection {
                Selection::Field(field) => self.add_field(&field.node, times, depth),
                Selection::InlineFragment(fragment) => self.add(&fragment.node.selection_set.node, times, depth + 1),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.add(&fragment.node.selection_set.node, times, depth + 1);
                    }
                }
            }
        }
    }

    fn add_field(&mut self, field: &Field, times: u64, depth: usize) {
        let size = ["first", "last"].into_iter().find_map(|name| self.size(field, name));
        let within = match size {
            Some(size) => {
                let nodes = times.saturating_mul(size);
                self.requests = self.requests.saturating_add(times);
                self.nodes = self.nodes.saturating_add(nodes);
                nodes
            }
            None => times,
        };
        self.add(&field.selection_set.node, within, depth + 1);
    }

    fn size(&self, field: &Field, argument: &str) -> Option<u64> {
        let argument = field.get_argument(argument)?.node.clone();
        let value = argument.into_const_with(|name| self.variables.get(&name).cloned().ok_or(())).ok()?;
        if let Value::Number(number) = value { number.as_u64() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Variables, parser::parse_query};
    use serde_json::json;

    use super::Cost;

    #[test]
    fn nested_connections_multiply_as_in_githubs_own_example() {
        // https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api: 5,101 requests.
        let query = "query { viewer { repositories(first: 100) { edges { node { issues(first: 50) { edges { node {
            labels(first: 60) { edges { node { name } } } } } } } } } } }";
        let cost = Cost::of(&parse_query(query).unwrap(), &Variables::default(), None);
        assert_eq!((cost.points, cost.nodes), (51, 100 + 100 * 50 + 100 * 50 * 60));
    }

    #[test]
    fn sizes_may_come_by_variables_and_fragments() {
        let query = "query Wanted($n: Int!) { repository { ...Lists } } query Other { viewer { login } }
            fragment Lists on Repository { releases(first: $n) { nodes { name } } }";
        let variables = Variables::from_json(json!({ "n": 30 }));
        let cost = Cost::of(&parse_query(query).unwrap(), &variables, Some("Wanted"));
        assert_eq!((cost.points, cost.nodes), (1, 30));
    }
}
