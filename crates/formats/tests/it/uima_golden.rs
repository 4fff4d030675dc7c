//! Documents of WebAnno and UIMA made by hand after the manual of INCEpTION, and what they say.

use crate::text_golden::said;

#[test]
fn webanno_has_stacked_and_partial_spans_over_sentences() {
    let tsv = "#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Lemma|value


#Text=😀 Ms. Haag plays\\\\
1-1\t0-2\t😀\t_\t_\t_\t
1-2\t3-6\tMs.\tQ1[1]\tPER[1]\tMs.\t
1-3\t7-11\tHaag\tQ1[1]|*[2]\tPER[1]|LOC\\_x[2]\tHaag\t
1-4\t12-18\tplays\\\\\t_\t_\tplay\t
1-4.1\t12-14\tpl\t*\t*\t_\t

#Text=Elianti .
2-1\t19-26\tElianti\t*\tPER\t_\t
2-2\t27-28\t.\t_\t_\t_\t
";
    assert_eq!(
        said("webanno-tsv", &[("d/a.tsv", tsv)]),
        [
            "d/a \"😀 Ms. Haag plays\\\\\\nElianti .\"",
            " by import",
            "  PER \"Ms. Haag\" {\"identifier\":\"Q1\"}",
            "  Lemma \"Ms.\" {\"value\":\"Ms.\"}",
            "  LOC_x \"Haag\"",
            "  Lemma \"Haag\" {\"value\":\"Haag\"}",
            "  Lemma \"plays\\\\\" {\"value\":\"play\"}",
            "  NamedEntity \"pl\"",
            "  PER \"Elianti\"",
        ]
    );
}

#[test]
fn webanno_has_relations_chains_and_slots() {
    let tsv = "#FORMAT=WebAnno TSV 3.3
#T_SP=webanno.custom.Ent|value
#T_SP=webanno.custom.Frame|label|ROLE_webanno.custom.Frame:args_webanno.custom.FrameLink|webanno.custom.Ent
#T_CH=de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink|referenceType|referenceRelation
#T_RL=webanno.custom.Rel|kind|BT_webanno.custom.Ent


#Text=He shot himself
1-1\t0-2\tHe\tA[1]|B[2]\t_\t_\t_\tpr[1]\tcoref->1-1\t_\t_\t
1-2\t3-7\tshot\t_\tKill\tagent;patient\t1-1[2];1-3\t_\t_\t_\t_\t
1-3\t8-15\thimself\tC\t_\t_\t_\tpr[1]\t*->1-2\tsame|other\t1-1[1_0]|1-9\t
";
    assert_eq!(
        said("webanno-tsv", &[("a.tsv", tsv)]),
        [
            "a \"He shot himself\"",
            " by import",
            "  A \"He\"",
            "  B \"He\"",
            "  pr \"He\"",
            "  Kill \"shot\"",
            "  C \"himself\"",
            "  pr \"himself\"",
            "  s3 -coref-> s6",
            "  s4 -agent-> s2",
            "  s4 -patient-> s5",
            "  s1 -same-> s5",
            "! a.tsv:11 bad_reference",
        ]
    );
}

#[test]
fn webanno_says_what_is_wrong_and_where() {
    let head = "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.Ent|value\n\n\n";
    let tsv = format!("{head}#Text=a b\n1-1\t0-1\ta\tX\t\n1-2\t2\tb\t_\t\n1-3\t3-3\t\tZ\t\n1-2\t2-3\tb\n\n");
    assert_eq!(
        said(
            "webanno-tsv",
            &[("a.tsv", &tsv), ("b.tsv", "no\n"), ("c.tsv", &format!("{head}#Text=ab\n1-1\t0-2\txy\t_\t\n"))]
        ),
        [
            "a \"a b\"",
            " by import",
            "  X \"a\"",
            "c \"\"",
            "! a.tsv:7 bad_line",
            "! a.tsv:9 bad_line",
            "! a.tsv:8 empty_span",
            "! b.tsv:1 not_webanno",
            "! c.tsv other_text",
        ]
    );
}

/// A type system of a layer of one's own, one with slots, and what INCEpTION always has.
const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types>
<typeDescription><name>webanno.custom.Frame</name><supertypeName>uima.tcas.Annotation</supertypeName><features>
<featureDescription><name>args</name><rangeTypeName>uima.cas.FSArray</rangeTypeName><elementType>webanno.custom.FrameArgsLink</elementType></featureDescription>
<featureDescription><name>sure</name><rangeTypeName>uima.cas.Double</rangeTypeName></featureDescription>
<featureDescription><name>tags</name><rangeTypeName>uima.cas.StringArray</rangeTypeName></featureDescription>
<featureDescription><name>past</name><rangeTypeName>uima.cas.Boolean</rangeTypeName></featureDescription></features></typeDescription>
<typeDescription><name>webanno.custom.FrameArgsLink</name><supertypeName>uima.cas.TOP</supertypeName><features>
<featureDescription><name>role</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
<featureDescription><name>target</name><rangeTypeName>uima.tcas.Annotation</rangeTypeName></featureDescription></features></typeDescription>
</types></typeSystemDescription>"#;

fn xmi(body: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:tcas="http:///uima/tcas.ecore"
 xmlns:type="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore"
 xmlns:type2="http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore"
 xmlns:type3="http:///de/tudarmstadt/ukp/dkpro/core/api/syntax/type/dependency.ecore"
 xmlns:type4="http:///de/tudarmstadt/ukp/dkpro/core/api/coref/type.ecore"
 xmlns:custom="http:///webanno/custom.ecore" xmi:version="2.0">
<cas:NULL xmi:id="0"/>
<tcas:DocumentAnnotation xmi:id="8" sofa="1" begin="0" end="21" language="en"/>
<type2:Token xmi:id="20" sofa="1" begin="0" end="2" order="0"/>
<type2:Token xmi:id="21" sofa="1" begin="3" end="7" order="0"/>
{body}
<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="👩 Haag kam&#10;&quot;heim&quot;"/>
<cas:View sofa="1" members="8 20 21"/>
</xmi:XMI>"#
    )
}

#[test]
fn xmi_counts_utf16_and_has_an_answer_of_each_annotator() {
    let ada = xmi(r#"<type:NamedEntity xmi:id="30" sofa="1" begin="3" end="7" value="PER" identifier="Q1"/>
<type:NamedEntity xmi:id="31" sofa="1" begin="0" end="2"/>
<type3:Dependency xmi:id="32" sofa="1" begin="3" end="7" Governor="20" Dependent="21" DependencyType="nsubj" flavor="basic"/>
<custom:Mood xmi:id="33" sofa="1" tone="glad" stars="4"/>"#);
    let bob = xmi(r#"<type:NamedEntity xmi:id="30" sofa="1" begin="12" end="18" value="LOC"/>"#);
    let empty = xmi("");
    let files = [
        ("p/annotation/d.txt/INITIAL_CAS.xmi", empty.as_str()),
        ("p/annotation/d.txt/ada.xmi", &ada),
        ("p/annotation/d.txt/bob.xmi", &bob),
        ("p/annotation/e.txt/INITIAL_CAS.xmi", &empty),
        ("p/curation/d.txt/CURATION_USER.xmi", &bob),
    ];
    let text = "\"👩 Haag kam\\n\\\"heim\\\"\"";
    assert_eq!(
        said("uima-xmi", &files),
        [
            &format!("d.txt {text}"),
            " by ada",
            "  stars = 4.0",
            "  tone = \"glad\"",
            "  PER \"Haag\" {\"identifier\":\"Q1\"}",
            "  NamedEntity \"👩\"",
            "  Token \"👩\"",
            "  Token \"Haag\"",
            "  s3 -nsubj-> s4",
            " by bob",
            "  LOC \"\\\"heim\\\"\"",
            " by consensus",
            "  LOC \"\\\"heim\\\"\"",
            &format!("e.txt {text}"),
        ]
    );
}

#[test]
fn xmi_has_typed_features_slots_and_chains() {
    let body = r#"<custom:Frame xmi:id="30" sofa="1" begin="8" end="11" label="Come" sure="0.5" past="true" args="40 41"><tags>a b</tags><tags>c</tags></custom:Frame>
<custom:FrameArgsLink xmi:id="40" role="agent" target="31"/>
<custom:FrameArgsLink xmi:id="41" target="99"/>
<type:NamedEntity xmi:id="31" sofa="1" begin="3" end="7" value="PER"/>
<type4:CoreferenceChain xmi:id="50" first="51"/>
<type4:CoreferenceLink xmi:id="51" sofa="1" begin="0" end="2" next="52" referenceType="who" referenceRelation="same"/>
<type4:CoreferenceLink xmi:id="52" sofa="1" begin="3" end="7" referenceType="who"/>"#;
    assert_eq!(
        said("uima-xmi", &[("x.xmi", &xmi(body)), ("TypeSystem.xml", TYPES)])[1..],
        [
            " by import",
            "  Come \"kam\" {\"past\":true,\"sure\":0.5,\"tags\":[\"a b\",\"c\"]}",
            "  PER \"Haag\"",
            "  who \"👩\"",
            "  who \"Haag\"",
            "  s1 -agent-> s2",
            "  s3 -same-> s4",
            "! x.xmi: xmi:id 30 bad_reference",
        ]
    );
}

#[test]
fn xmi_says_what_is_wrong_and_where() {
    let body = r#"<custom:E xmi:id="30" sofa="1" begin="1" end="2"/><custom:E xmi:id="31" sofa="1" begin="5" end="99"/>
<custom:E xmi:id="32" sofa="1" begin="-1" end="2"/><custom:E xmi:id="33" sofa="2" begin="0" end="2"/>
<custom:R xmi:id="34" sofa="1" begin="0" end="2" Governor="30" Dependent="20"/>
<custom:Frame xmi:id="35" sofa="1" begin="0" end="2" sure="much"/>"#;
    let other = xmi("").replace("Haag", "Hagg");
    let files = [
        ("TypeSystem.xml", TYPES),
        ("a.xmi", &xmi(body)),
        ("annotation/b/x.xmi", &xmi("")),
        ("annotation/b/y.xmi", &other),
        ("c.xmi", "<x/>"),
        ("d.xmi", "<xmi:XMI xmlns:xmi=\"http://www.omg.org/XMI\"/>"),
        ("e.xmi", "<xmi:XMI"),
    ];
    let complaints: Vec<String> = said("uima-xmi", &files).into_iter().filter(|line| line.starts_with('!')).collect();
    assert_eq!(
        complaints,
        [
            "! a.xmi: xmi:id 30 bad_span",
            "! a.xmi: xmi:id 31 bad_span",
            "! a.xmi: xmi:id 32 bad_span",
            "! a.xmi: xmi:id 33 other_view",
            "! a.xmi: xmi:id 35 bad_value",
            "! a.xmi: xmi:id 34 bad_reference",
            "! annotation/b/y.xmi other_text",
            "! c.xmi other_kind",
            "! d.xmi no_text",
            "! e.xmi malformed",
        ]
    );
}

#[test]
fn xmi_in_archives_of_annotators_is_read_and_written_as_folders() {
    use crate::support::{read, write};
    use labelwright_formats::{Collector, MemoryView, format, item_of};
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let cas = xmi(r#"<custom:Frame xmi:id="30" sofa="1" begin="3" end="7" label="A" sure="2"/>"#);
    for (name, text) in [("ada.xmi", cas.as_str()), ("TypeSystem.xml", TYPES)] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let view = MemoryView { files: [("annotation/d.txt/ada.zip".to_owned(), bytes)].into() };
    assert_eq!(labelwright_formats::detect(&view).map(|(format, _)| format.id), Some("uima-xmi"));
    let format = format("uima-xmi").unwrap();
    let reading = read(format, &view);
    assert_eq!((reading.problems.as_slice(), reading.records.len()), ([].as_slice(), 1));
    assert_eq!(reading.records[0].answers[0].source, "ada");
    let mut collector = Collector::default();
    collector.record(&reading.records[0]);
    let item = item_of(reading.records[0].clone(), &view).unwrap();
    let (written, report) = write(format, &collector.finish().schema, &[item]);
    assert_eq!(report.losses, []);
    assert_eq!(written.files.keys().collect::<Vec<_>>(), ["TypeSystem.xml", "annotation/d.txt/ada.xmi"]);
    let text = String::from_utf8_lossy(&written.files["annotation/d.txt/ada.xmi"]).into_owned();
    for wanted in [
        "sofaString=\"👩 Haag kam&#10;&quot;heim&quot;\"",
        "<span:Span xmi:id=\"11\" sofa=\"1\" begin=\"3\" end=\"7\" label=\"A\" sure=\"2\"/>",
        "<type:Token xmi:id=\"5\" sofa=\"1\" begin=\"0\" end=\"2\"/>",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    assert_eq!(read(format, &written).records[0].answers, reading.records[0].answers);
}
