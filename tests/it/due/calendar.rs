//! Days, hours and weekdays, counted one by one.

pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 24 * HOUR;

fn days_of_year(year: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if is_leap { 366 } else { 365 }
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 => days_of_year(year) - 337,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month and day of the days from 1970 on.
fn date(mut day: i64) -> (i64, i64, i64) {
    let (mut year, mut month) = (1970, 1);
    while day >= days_of_year(year) {
        day -= days_of_year(year);
        year += 1;
    }
    while day >= days_of_month(year, month) {
        day -= days_of_month(year, month);
        month += 1;
    }
    (year, month, day + 1)
}

/// `yyyyMMdd`.
pub fn compact_date(time: i64) -> String {
    let (year, month, day) = date(time.div_euclid(DAY));
    format!("{year:04}{month:02}{day:02}")
}

/// As the API writes it.
pub fn text(time: i64) -> String {
    let (year, month, day) = date(time.div_euclid(DAY));
    let second = time.rem_euclid(DAY);
    let (hour, minute, second) = (second / HOUR, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// What [`text`] has written.
pub fn time(text: &str) -> i64 {
    let number = |from: usize, to: usize| text[from..to].parse::<i64>().unwrap();
    let (year, month) = (number(0, 4), number(5, 7));
    let years: i64 = (1970..year).map(days_of_year).sum();
    let months: i64 = (1..month).map(|month| days_of_month(year, month)).sum();
    let days = years + months + number(8, 10) - 1;
    days * DAY + number(11, 13) * HOUR + number(14, 16) * 60 + number(17, 19)
}

/// Monday is 1; 1970 began on a Thursday.
pub fn weekday(time: i64) -> i64 {
    (time.div_euclid(DAY) + 3) % 7 + 1
}

pub fn hour(time: i64) -> i64 {
    time.rem_euclid(DAY) / HOUR
}

#[test]
fn the_calendar_agrees_with_the_almanac() {
    for (written, seconds, day) in [
        ("1970-01-01T00:00:00Z", 0, 4),
        ("2000-02-29T23:59:59Z", 951_868_799, 2),
        ("2026-03-15T12:00:00Z", 1_773_576_000, 7),
        ("2029-12-31T16:00:00Z", 1_893_427_200, 1),
        ("2032-03-01T00:00:00Z", 1_961_712_000, 1),
    ] {
        assert_eq!((time(written), text(seconds).as_str(), weekday(seconds)), (seconds, written, day));
    }
    assert_eq!(compact_date(time("2030-01-23T17:00:00Z") + 8 * HOUR), "20300124");
}
