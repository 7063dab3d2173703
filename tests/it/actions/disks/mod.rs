mod modify_disk_charge_type;
mod modify_disk_spec;
mod re_init_disk;
mod reset_disk;
mod resize_disk;

use serde_json::Value;

use crate::support::TestApp;

/// A disk as the control plane has it.
async fn disk(app: &TestApp, id: &str) -> Value {
    app.arrange("GET", &format!("/disks/{id}"), Value::Null).await
}

/// An instance as the control plane has it.
async fn instance(app: &TestApp, id: &str) -> Value {
    app.arrange("GET", &format!("/instances/{id}"), Value::Null).await
}
