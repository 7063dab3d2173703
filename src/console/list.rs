//! `s/{sandbox}/{kinds}`: the resources of a kind that match, a page at a time.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::inputs::{self, Input};
use super::of_kind::{Asked, OfKind, Seen};
use super::page::{Failed, Frame, Visit};
use super::{filters, kinds, links};
use crate::admin::query;
use crate::model::kinds::KINDS;
use crate::model::paging::{Paging, Sizes};
use crate::model::params::{Params, Reading};
use crate::model::tags::Tag;
use crate::model::time::Time;

/// Rows of a page, unless the address says otherwise.
const SIZES: Sizes = Sizes { page_size: 50, max_results: 100 };

/// Up to so many resources of a kind are listed over all regions at once. The order of lists is that of a region, so more of
/// them would have to be sorted for each page.
const SORTED: i64 = 10_000;

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    frame: Frame,
    add: String,
    caption: String,
    columns: &'static [&'static str],
    rows: Vec<Row>,
    inputs: Vec<Input>,
    regions: Vec<Link>,
    sorts: [Link; 2],
    pages: Pages,
    is_filtered: bool,
    is_one_region: bool,
    page_size: i32,
}

struct Row {
    id: String,
    link: String,
    region_id: String,
    creation_time: Time,
    cells: Vec<Cell>,
    progress: Option<u8>,
    tags: Vec<Link>,
}

struct Cell {
    text: String,
    link: Option<String>,
}

/// A way to another list.
#[allow(clippy::struct_field_names, reason = "it has no other name")]
struct Link {
    name: String,
    link: String,
    is_here: bool,
}

struct Pages {
    number: i64,
    count: i64,
    previous: Option<String>,
    next: Option<String>,
}

/// Lists.
pub async fn list(of: &dyn OfKind, visit: Visit, name: Path<String>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = visit.sandbox(&name)?;
    let kind = of.kind();
    let params = visit.params()?;
    let mut reading = Reading::new(&params);
    let narrowed = of.read(&mut reading);
    let inputs = inputs::of(&reading);
    let is_asked = |name: &str| inputs.iter().any(|input| input.name == name && !input.value.is_empty());
    let is_filtered = inputs.iter().any(|input| input.name != "RegionId" && is_asked(&input.name));
    let paging = Paging::read_numbers(&mut reading, SIZES);
    let sort = reading.one_of("Sort", &["newest", "oldest"], "newest or oldest");
    query::check_known(&reading)?;
    reading.finish()?;

    let view = app.sandboxes.view(&sandbox).await?;
    let regions = app.sandboxes.regions_in_use(&view).await?;
    let mut only = None;
    if narrowed.region_id.is_none() && !narrowed.has_ids {
        let size = app.sandboxes.sizes(std::slice::from_ref(&sandbox)).await?;
        let counts = size.first().map(|(_, size)| size.counts.clone()).unwrap_or_default();
        let count = KINDS.iter().zip(counts).find(|(other, _)| **other == kind).map_or(0, |(_, count)| count);
        if let [first, others @ ..] = &regions[..]
            && (others.is_empty() || count > SORTED)
        {
            // With one region this is the same list, which then has an order to go by.
            only = Some(first.as_str());
        }
    }
    let is_one_region = only.is_some() && regions.len() > 1;
    let here_in = only.or(narrowed.region_id.as_deref());
    let is_oldest = sort == Some("oldest");
    let asked = Asked { params: &params, region_id: only, paging: &paging, is_oldest_first: is_oldest };
    let listed = of.page(app, &view, asked).await?;
    let here = links::in_sandbox(&name, &[kind.path]);
    let link_to = |changes: &[(&str, Option<&str>)]| links::with_changes(&here, &params, changes);
    let rows = rows(of, listed.rows, &name, &params);
    let total = listed.total_count;
    let (size, number) = (i64::from(paging.page_size), i64::from(paging.page_number));
    let count = (total + size - 1).div_euclid(size).max(1);
    let to_page = |number: i64| link_to(&[("PageNumber", Some(&number.to_string()))]);
    let region_link = |region_id: &String| Link {
        link: link_to(&[("RegionId", Some(region_id)), ("PageNumber", None)]),
        is_here: Some(region_id.as_str()) == here_in,
        name: region_id.clone(),
    };
    let sort_link = |name: &str, is_here| Link {
        link: link_to(&[("Sort", (name != "newest").then_some(name)), ("PageNumber", None)]),
        name: name.to_owned(),
        is_here,
    };
    let asked = params.pairs().iter().filter(|(name, _)| !name.eq_ignore_ascii_case("Sort"));
    let mut asked: Vec<(&str, &str)> = asked.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page_size = paging.page_size.to_string();
    if !asked.iter().any(|(name, _)| name.eq_ignore_ascii_case("PageSize")) {
        asked.push(("PageSize", &page_size));
    }
    let curl = visit.curl(&links::with_query(&links::of_control_plane(&name, &[kind.path]), asked));
    let title = kinds::title(kind);
    visit.show(&ListPage {
        frame: visit.frame(title).within(&name, kind.path).with_curl(curl),
        add: links::in_sandbox(&name, &["add", kind.path]),
        caption: caption(total, number, size, rows.len(), is_oldest),
        columns: of.columns(),
        rows,
        regions: if regions.len() > 1 { regions.iter().map(region_link).collect() } else { Vec::new() },
        sorts: [sort_link("newest", !is_oldest), sort_link("oldest", is_oldest)],
        pages: Pages {
            number,
            count,
            previous: (number > 1).then(|| to_page((number - 1).min(count))),
            next: (number < count).then(|| to_page(number + 1)),
        },
        is_filtered,
        is_one_region,
        inputs,
        page_size: paging.page_size,
    })
}

fn caption(total: i64, number: i64, size: i64, shown: usize, is_oldest: bool) -> String {
    let (first, shown) = ((number - 1) * size + 1, i64::try_from(shown).unwrap_or_default());
    let order = if is_oldest { "oldest" } else { "newest" };
    match shown {
        0 => format!("None of {total}"),
        _ => format!("{first} to {} of {total}, {order} first", first + shown - 1),
    }
}

fn rows(of: &dyn OfKind, seen: Vec<Seen>, sandbox: &str, params: &Params) -> Vec<Row> {
    let number = params.pairs().iter().filter_map(|(name, _)| tag_number(name)).max().unwrap_or(0).saturating_add(1);
    let (key_name, value_name) = (format!("Tag.{number}.Key"), format!("Tag.{number}.Value"));
    let cell = |(column, shown): (&&str, Vec<String>)| {
        let link = match (&shown[..], kinds::named_by(column)) {
            ([id], Some(kind)) => Some(links::in_sandbox(sandbox, &[kind.path, id])),
            _ => None,
        };
        Cell { text: shown.join(", "), link }
    };
    let tag = |tag: &Tag| Link {
        name: format!("{}={}", tag.key, tag.value),
        link: links::with_changes(
            "",
            params,
            &[(&key_name, Some(&tag.key)), (&value_name, Some(&tag.value)), ("PageNumber", None)],
        ),
        is_here: false,
    };
    let row = |seen: Seen| Row {
        link: links::in_sandbox(sandbox, &[of.kind().path, &seen.id]),
        id: seen.id,
        region_id: seen.region_id,
        creation_time: seen.creation_time,
        cells: of.columns().iter().zip(seen.cells).map(cell).collect(),
        progress: seen.progress.filter(|percent| *percent < 100),
        tags: seen.tags.iter().map(tag).collect(),
    };
    seen.into_iter().map(row).collect()
}

/// N of `Tag.N.Key`.
fn tag_number(name: &str) -> Option<u32> {
    let [family, number, key] = name.split('.').collect::<Vec<_>>()[..] else { return None };
    let is_key = family.eq_ignore_ascii_case("Tag") && key.eq_ignore_ascii_case("Key");
    number.parse().ok().filter(|_| is_key)
}
