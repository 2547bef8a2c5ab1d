//! Sharing work among the processor's cores, for work that waits for nobody.

use std::num::NonZero;
use std::thread;

/// Below this many items, a thread costs more than it brings.
const WORTHWHILE: usize = 512;

/// More readers than this only wait for the same files.
const MOST: usize = 4;

/// Applies `work` to as many parts of `items` as there are threads; the order is kept.
pub(super) fn chunks<T: Send, R: Send>(mut items: Vec<T>, work: impl Fn(Vec<T>) -> R + Sync) -> Vec<R> {
    let count = threads_for(items.len());
    if count <= 1 {
        return vec![work(items)];
    }
    let size = items.len().div_ceil(count);
    thread::scope(|scope| {
        let mut others = Vec::new();
        while items.len() > size {
            let part = items.split_off(items.len() - size);
            let work = &work;
            others.push(scope.spawn(move || work(part)));
        }
        let mut results = vec![work(items)];
        results.extend(others.into_iter().rev().map(|other| match other.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }));
        results
    })
}

fn threads_for(items: usize) -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    (items / WORTHWHILE).clamp(1, cores.min(MOST))
}
