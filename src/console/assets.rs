//! `assets/{hash}/{name}`: style sheets and scripts. The hash of each is in its URL, so that browsers may keep it for ever.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Bytes, Path};

use super::embedded::find;
use super::page::Failed;

/// Answers an asset, under the hash of what it is.
pub async fn get(path: Path<(String, String)>) -> Result<HttpResponse, Failed> {
    let (hash, name) = path.into_inner();
    let asset = find(&name).filter(|asset| asset.hash == hash).ok_or_else(Failed::no_such_page)?;
    let media_type = match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
    Ok(HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(Bytes::copy_from_slice(asset.content())))
}
