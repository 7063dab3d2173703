//! Times as texts.

use ecs_mock::model::time::Time;

#[test]
fn both_documented_forms_are_read_and_one_is_written() {
    for (text, seconds, written) in [
        ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
        ("2014-07-24T13:00:52Z", 1_406_206_852, "2014-07-24T13:00:52Z"),
        ("2014-07-24T13:00Z", 1_406_206_800, "2014-07-24T13:00:00Z"),
        ("1969-12-31T23:59:59Z", -1, "1969-12-31T23:59:59Z"),
        ("2000-02-29T00:00Z", 951_782_400, "2000-02-29T00:00:00Z"),
        ("9999-12-31T23:59:59Z", 253_402_300_799, "9999-12-31T23:59:59Z"),
    ] {
        assert_eq!(text.parse(), Ok(Time(seconds)), "{text}");
        assert_eq!(Time(seconds).to_string(), written);
    }
}

#[test]
fn some_are_written_to_the_minute() {
    for (seconds, written) in
        [(1_406_206_852, "2014-07-24T13:00Z"), (-1, "1969-12-31T23:59Z"), (Time::LAST, "9999-12-31T23:59Z")]
    {
        assert_eq!(Time(seconds).to_the_minute(), written);
    }
}

#[test]
fn anything_else_is_not_a_time() {
    for text in [
        "",
        "now",
        "2014-07-24",
        "2014-07-24T13Z",
        "2014-07-24T13:00:52",
        "2014-07-24T13:00:52z",
        "2014-07-24t13:00:52Z",
        "2014-07-24 13:00:52Z",
        "2014-07-24T13:00:52.0Z",
        "2014-07-24T13:00:52+00:00",
        "2014-07-24T24:00:00Z",
        "2014-02-29T00:00:00Z",
        "+014-07-24T13:00:52Z",
        "20140-7-24T13:00:52Z",
        "２014-07-24T13:00Z",
    ] {
        assert!(text.parse::<Time>().is_err(), "{text}");
    }
}

#[test]
fn time_ends_where_it_can_no_longer_be_written() {
    assert_eq!(Time(253_402_300_798).plus(60).to_string(), "9999-12-31T23:59:59Z");
    assert_eq!(Time(0).plus(i64::MIN).to_string(), "0000-01-01T00:00:00Z");
}
