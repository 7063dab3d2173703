//! The one list of what the console has.

use actix_web::http::Method;
use actix_web::web::{self, Path, ServiceConfig};

use super::of_kind::{self, OfKind};
use super::page::Visit;
use super::{
    assets, checkpoints, differences, faults, list, login, one, request, requests, sandbox, sandboxes, server, time,
    timeline,
};
use crate::admin;
use crate::admin::paths::Paths;

/// The routes below `/_mock/console`.
pub fn configure(service: &mut ServiceConfig) {
    let mut paths = Paths::default();
    macro_rules! add {
        ($($method:ident $path:literal $handler:expr,)*) => {
            $(paths.add($path, Method::$method, web::to($handler));)*
        };
    }
    add! {
        GET "" sandboxes::root,
        GET "/" sandboxes::root,
        GET "/assets/{hash}/{name}" assets::get,
        GET "/login" login::form,
        POST "/login" login::enter,
        POST "/logout" login::leave,
        GET "/sandboxes" sandboxes::list,
        POST "/sandboxes" sandboxes::make,
        GET "/s/{sandbox}" sandbox::show,
        POST "/s/{sandbox}/delete" sandbox::delete,
        POST "/s/{sandbox}/import" sandbox::import,
        GET "/s/{sandbox}/export" sandbox::export,
        GET "/s/{sandbox}/requests" requests::list,
        POST "/s/{sandbox}/requests/delete" requests::clear,
        GET "/s/{sandbox}/requests/stream" requests::stream,
        GET "/s/{sandbox}/requests/{sequence}" request::show,
        // The session opens nothing below the root of the control plane, so that what pages link to is here as well.
        GET "/s/{sandbox}/requests/json" admin::requests::list,
        GET "/s/{sandbox}/requests/{sequence}/explanation" admin::explain::explain_request,
        GET "/s/{sandbox}/faults" faults::list,
        POST "/s/{sandbox}/faults" faults::plan,
        POST "/s/{sandbox}/faults/delete" faults::clear,
        POST "/s/{sandbox}/faults/{fault}/delete" faults::remove,
        GET "/server" server::show,
        POST "/server/backup" server::back_up,
        GET "/s/{sandbox}/time" time::show,
        POST "/s/{sandbox}/time" time::set,
        POST "/s/{sandbox}/time/advance" time::advance,
        GET "/s/{sandbox}/timeline" timeline::show,
        GET "/s/{sandbox}/checkpoints" checkpoints::list,
        POST "/s/{sandbox}/checkpoints" checkpoints::save,
        POST "/s/{sandbox}/checkpoints/{checkpoint}/restore" checkpoints::restore,
        POST "/s/{sandbox}/checkpoints/{checkpoint}/delete" checkpoints::delete,
        GET "/s/{sandbox}/diff" differences::show,
    }
    for of in of_kind::all() {
        add_kind(&mut paths, *of);
    }
    paths.register(service);
}

/// The routes of a kind.
fn add_kind(paths: &mut Paths, of: &'static dyn OfKind) {
    let all = format!("/s/{{sandbox}}/{}", of.kind().path);
    // Apart from the ids, of which any text may be one.
    let new = format!("/s/{{sandbox}}/add/{}", of.kind().path);
    let one = format!("{all}/{{id}}");
    let new_one = move |visit: Visit, name: Path<String>| std::future::ready(one::new(of, &visit, &name));
    paths
        .add(&all, Method::GET, web::to(move |visit, name| list::list(of, visit, name)))
        .add(&all, Method::POST, web::to(move |posted, name| one::add(of, posted, name)))
        .add(&new, Method::GET, web::to(new_one))
        .add(&one, Method::GET, web::to(move |visit, path| one::show(of, visit, path)))
        .add(&one, Method::POST, web::to(move |posted, path| one::change(of, posted, path)))
        .add(format!("{one}/delete"), Method::POST, web::to(move |posted, path| one::delete(of, posted, path)));
}
