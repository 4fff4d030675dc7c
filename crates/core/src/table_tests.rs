use super::*;
use serde_json::json;

fn read(text: &str) -> Result<(Table, Object), Problem> {
    Table::read(serde_json::from_str(text).unwrap())
}

fn good(text: &str) -> (Table, Vec<String>) {
    let (table, rest) = read(text).unwrap();
    (table, rest.0.into_iter().map(|(name, _)| name).collect())
}

#[test]
fn any_object_is_a_record_whose_columns_keep_their_order() {
    let (table, rest) = good(r#"{"title":"Pump","price":12.5,"in stock":true,"made":null,"tags":["a",1]}"#);
    assert_eq!(table.columns, ["title", "price", "in stock", "made", "tags"]);
    assert_eq!(json!(table.rows), json!([["Pump", 12.5, true, null, "[\"a\",1]"]]));
    assert!(rest.is_empty() && table.titles.is_empty());
    assert_eq!(table.text(), "title: Pump\nprice: 12.5\nin stock: true\ntags: [\"a\",1]");
    assert_eq!(Table::stored(&table.canonical_json()), Some(table));
}

#[test]
fn pairs_come_in_every_form_that_is_written() {
    let wanted = json!([["Pump", 12], ["pump", null]]);
    for text in [
        r#"{"left":{"name":"Pump","price":12},"right":{"name":"pump"},"label":1}"#,
        r#"{"left_name":"Pump","left_price":12,"right_name":"pump","right_price":null,"label":1}"#,
        r#"{"name_left":"Pump","price_left":12,"name_right":"pump","label":1}"#,
        r#"{"ltable.name":"Pump","ltable.price":12,"rtable.name":"pump","label":1}"#,
    ] {
        let (table, rest) = good(text);
        assert_eq!(
            (&table.columns, json!(table.rows)),
            (&vec!["name".to_owned(), "price".into()], wanted.clone()),
            "{text}"
        );
        assert_eq!((table.titles.len(), rest), (2, vec!["label".to_owned()]), "{text}");
    }
    let (table, rest) = good(r#"{"records":[{"a":1},{"b":2},{"a":3}],"source":"s"}"#);
    assert_eq!(json!(table.rows), json!([[1, null], [null, 2], [3, null]]));
    assert_eq!((table.titles.len(), rest), (0, vec!["source".to_owned()]));
    // One side alone is a name like others.
    assert_eq!(good(r#"{"left_handed":true,"name":"x"}"#).0.rows.len(), 1);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (text, pointer, code) in [
        ("{}", "", "empty"),
        (r#"{"columns":["a","a"],"rows":[[1,2]]}"#, "/columns/1", "duplicate"),
        (r#"{"columns":["a"],"rows":[[1],[1,2]]}"#, "/rows/1", "wrong_cell_count"),
        (r#"{"columns":["a"],"rows":[1]}"#, "/rows", "wrong_type"),
        (r#"{"columns":["a",""],"rows":[[1,2]]}"#, "/columns/1", "empty"),
        (r#"{"columns":["a"],"rows":[[1]],"titles":["x","y"]}"#, "/titles", "wrong_type"),
        (r#"{"records":[1]}"#, "/records", "wrong_type"),
        (r#"{"records":[]}"#, "", "empty"),
        (r#"{"a":"\u0000"}"#, "", "not_text"),
    ] {
        let problem = read(text).unwrap_err();
        assert_eq!((problem.pointer.as_str(), problem.code.as_str()), (pointer, code), "{text}");
    }
    let twice = serde_json::from_str::<Object>(r#"{"a":1,"a":2}"#).unwrap_err();
    assert!(twice.to_string().contains("\"a\" is there twice"), "{twice}");
    let rows: Vec<[u8; 1]> = vec![[1]; ROWS_MAXIMUM + 1];
    assert_eq!(read(&json!({ "columns": ["a"], "rows": rows }).to_string()).unwrap_err().code, "too_many");
}

#[test]
fn numbers_that_a_browser_would_change_are_texts() {
    let (table, _) =
        good(r#"{"a":9007199254740993,"b":9007199254740992,"c":18446744073709551615,"d":-9007199254740993}"#);
    let wanted = json!([["9007199254740993", 9007199254740992_u64, "18446744073709551615", "-9007199254740993"]]);
    assert_eq!(json!(table.rows), wanted);
}

#[test]
fn only_what_was_stored_is_read_as_stored() {
    assert_eq!(Table::stored(r#"{"a":1}"#), None);
    assert_eq!(Table::stored("[1]"), None);
    assert_eq!(Table::stored(r#"{"columns":["a"],"rows":[[1,2]]}"#), None);
}
