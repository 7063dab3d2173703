mod start_instance;
mod stop_instance;

use serde_json::Value;

use crate::support::TestApp;

/// An instance as the control plane has it.
async fn instance(app: &TestApp, id: &str) -> Value {
    app.entry(&format!("instances/{id}")).await
}
mod describe_instances;
