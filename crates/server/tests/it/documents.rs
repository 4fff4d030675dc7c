//! The documents that the server tells of itself.

use labelwright_core::schema::templates::TEMPLATES;
use labelwright_server::{label_schema_json, openapi_json};
use serde_json::Value;
use std::{collections::BTreeSet, path::Path, process::Command};

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document: Value = serde_json::from_str(&openapi_json()).unwrap();
    let mut names = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{method} {path}: the name {name} is taken");
        }
    }
    assert!(names.len() > 50);
}

/// Another program's validator takes every template and refuses what we refuse by type.
#[test]
fn the_json_schema_of_label_schemas_describes_them() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("schema.json", &label_schema_json().to_string());
    for template in TEMPLATES {
        write(&format!("good-{}.json", template.id), template.document);
    }
    write("bad-modality.json", r#"{"name":"n","modality":"smell","fields":[]}"#);
    write("bad-key.json", r#"{"name":"n","modality":"text","felds":[]}"#);
    write(
        "bad-kind.json",
        r#"{"name":"n","modality":"text","fields":[{"id":"a","title":"A","kind":{"type":"rating","max":"five"}}]}"#,
    );
    let script = "import json, pathlib, sys, jsonschema\n\
        folder = pathlib.Path(sys.argv[1])\n\
        check = jsonschema.Draft202012Validator(json.loads((folder / 'schema.json').read_text()))\n\
        for file in sorted(folder.glob('*-*.json')):\n\
        \x20   good = check.is_valid(json.loads(file.read_text()))\n\
        \x20   assert good == file.name.startswith('good'), file.name\n";
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/python/bin/python");
    let ended = Command::new(python).args(["-c", script]).arg(folder.path()).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}
