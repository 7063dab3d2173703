//! `ecs-mock restore`: a backup put in the place of a database that no server uses.

use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::store::Store;

#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup, which stays as it is
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The database that it becomes; what that held before is kept beside it
    #[arg(long, env = "ECS_MOCK_DATABASE", value_name = "FILE", default_value = "ecs-mock.db")]
    database: PathBuf,
}

pub fn run(args: &RestoreArgs) -> Result<(), Failure> {
    let kept = actix_web::rt::System::new().block_on(Store::restore(&args.database, &args.file))?;
    println!("{} is what {} holds", args.database.display(), args.file.display());
    if let Some(kept) = kept {
        println!("what it held before is in {}", kept.display());
    }
    Ok(())
}
