//! What rows hold beside what was written, and what they hold of that.

mod changes;
mod rows;

use ecs_mock::model::kind::Kind;
use ecs_mock::model::kinds::KINDS;

fn kind(word: &str) -> &'static Kind {
    KINDS.iter().find(|kind| kind.word == word).unwrap()
}
