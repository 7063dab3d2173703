//! What the naive evaluations of the filters of several kinds have in common.

use ecs_mock::model::kind::{Entry, Kind};
use ecs_mock::model::tags::{Tag, TagFilter};
use ecs_mock::sandboxes::SandboxError;

use crate::support::TestApp;

pub fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

/// Whether these tags have all that a filter asks for.
pub fn has_tags(tags: &[Tag], asked: &[TagFilter]) -> bool {
    let is_met = |wanted: &TagFilter| {
        tags.iter().any(|tag| tag.key == wanted.key && wanted.value.as_ref().is_none_or(|value| *value == tag.value))
    };
    asked.iter().all(is_met)
}

/// A prefix with each number below a bound.
pub fn ids(prefix: &str, bound: usize) -> Vec<String> {
    (0..bound).map(|number| format!("{prefix}{number}")).collect()
}

/// Puts these in the place of what has these ids in the sandbox, be it expired.
pub async fn fill(app: &TestApp, gone: Vec<(&'static Kind, Vec<String>)>, entries: Vec<Box<dyn Entry>>) {
    let sandboxes = &app.app().sandboxes;
    let sandbox = sandboxes.by_name("default").unwrap();
    let filled = sandboxes.write(&sandbox, move |write| {
        Box::pin(async move {
            for (kind, ids) in &gone {
                write.delete(kind, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await?;
            }
            let entries: Vec<&dyn Entry> = entries.iter().map(AsRef::as_ref).collect();
            write.put_all(&entries).await.map(drop)
        })
    });
    filled.await.map_err(|error: SandboxError| error.to_string()).unwrap();
}

/// Entries of some kind as those of any.
pub fn boxed<E: Entry + Clone>(entries: &[E]) -> impl Iterator<Item = Box<dyn Entry>> {
    entries.iter().map(|entry| Box::new(entry.clone()) as Box<dyn Entry>)
}
