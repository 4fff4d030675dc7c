//! Small files made by hand after the definitions of formats of text and sound, and what they say.

use crate::support::{read, write};
use labelwright_core::{Answer, Geometry, LabelSchema, Modality, Target};
use labelwright_formats::{Data, ExportItem, MemoryView, SourcedAnswer, Way, format};

pub fn view(files: &[(&str, &str)]) -> MemoryView {
    MemoryView { files: files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect() }
}

/// Each record with its answers, and each problem with its place.
pub fn said(id: &str, files: &[(&str, &str)]) -> Vec<String> {
    let reading = read(format(id).unwrap(), &view(files));
    let mut lines: Vec<String> = Vec::new();
    for record in &reading.records {
        let text = if let Data::Text(text) = &record.data { format!(" {text:?}") } else { String::new() };
        lines.push(format!("{}{text}", record.key));
        let characters: Vec<char> = text_of(record).chars().collect();
        for answer in &record.answers {
            lines.push(format!(" by {}", answer.source));
            for (name, value) in &answer.answer.fields {
                lines.push(format!("  {name} = {}", serde_json::to_string(value).unwrap()));
            }
            for region in &answer.answer.regions {
                let place = match &region.geometry {
                    Geometry::Span(span) => {
                        let cut = |r: &[u32; 2]| characters[r[0] as usize..r[1] as usize].iter().collect::<String>();
                        span.ranges.iter().map(|r| format!("{:?}", cut(r))).collect::<Vec<_>>().join("+")
                    }
                    Geometry::Interval(one) => format!("{}..{}", one.start, one.end),
                    other => serde_json::to_string(other).unwrap(),
                };
                let channel =
                    if region.target == Target::Item { String::new() } else { format!(" {:?}", region.target) };
                let attributes = match region.attributes.is_empty() {
                    true => String::new(),
                    false => format!(" {}", serde_json::to_string(&region.attributes).unwrap()),
                };
                lines.push(format!("  {} {place}{channel}{attributes}", region.class));
            }
            for one in &answer.answer.relations {
                lines.push(format!("  {} -{}-> {}", one.from, one.relation, one.to));
            }
        }
    }
    let problems = reading.problems.iter().chain(&reading.stopped);
    lines.extend(problems.map(|error| format!("! {} {}", error.place, error.code)));
    lines
}

fn text_of(record: &labelwright_formats::Record) -> &str {
    if let Data::Text(text) = &record.data { text } else { "" }
}

#[test]
fn doccano_has_spans_relations_and_classes() {
    let lines = r#"{"id":1,"text":"👩‍👧 EU rejects","label":[[4,6,"ORG"]],"Comments":["x"]}
{"id":2,"text":"Google was founded","entities":[{"id":7,"label":"ORG","start_offset":0,"end_offset":6},{"id":9,"label":"D","start_offset":11,"end_offset":18}],"relations":[{"id":0,"from_id":9,"to_id":7,"type":"founds"}]}
{"id":3,"text":"bad","label":["negative"],"source":"web"}
{"id":4,"text":"x","label":[[0,9,"A"]]}
{"id":5}"#;
    assert_eq!(
        said("doccano", &[("all.jsonl", lines)]),
        [
            "1 \"👩\\u{200d}👧 EU rejects\"",
            " by import",
            "  ORG \"EU\"",
            "2 \"Google was founded\"",
            " by import",
            "  ORG \"Google\"",
            "  D \"founded\"",
            "  s2 -founds-> s1",
            "3 \"bad\"",
            " by import",
            "  label = [\"negative\"]",
            "4 \"x\"",
            "! all.jsonl:4 bad_span",
            "! all.jsonl:5 no_text",
        ]
    );
    let people = [
        ("admin.jsonl", r#"{"id":1,"text":"a b","label":[[0,1,"A"]]}"#),
        ("zoe.jsonl", r#"{"id":1,"text":"a b","label":[[2,3,"B"]]}"#),
    ];
    assert_eq!(said("doccano", &people), ["1 \"a b\"", " by admin", "  A \"a\"", " by zoe", "  B \"b\""]);
}

#[test]
fn prodigy_joins_the_decisions_on_one_text() {
    let lines = r#"{"text":"Apple hires Bo","_input_hash":5,"_annotator_id":"ann","spans":[{"start":0,"end":5,"token_start":0,"token_end":0,"label":"ORG"},{"start":12,"end":14,"token_start":2,"token_end":2,"label":"PER"}],"relations":[{"head":0,"child":2,"label":"hires"}],"answer":"accept"}
{"text":"other","_input_hash":6,"label":"POSITIVE","answer":"reject"}
{"text":"Apple hires Bo","_input_hash":5,"_annotator_id":"bob","options":[{"id":"A"}],"accept":["A"],"answer":"accept"}"#;
    assert_eq!(
        said("prodigy", &[("p.jsonl", lines)]),
        [
            "6 \"other\"",
            "5 \"Apple hires Bo\"",
            " by ann",
            "  ORG \"Apple\"",
            "  PER \"Bo\"",
            "  s1 -hires-> s2",
            " by bob",
            "  accept = [\"A\"]",
        ]
    );
}

#[test]
fn brat_has_pieces_events_attributes_and_notes() {
    let text = "North and South America\nrose";
    let marks = "T1\tLoc 0 5;16 23\tNorth America\nT2\tRise 24 28\trose\nE1\tRise:T2 Theme:T1\nA1\tNegation E1\nA2\tSure T1 High\nN1\tReference T1 Wikipedia:1\tNA\n#1\tAnnotatorNotes T2\ta note\nR1\tin Arg1:T1 Arg2:T2\t\nT3\tX 0 5\tSouth\nR2\tin Arg1:T9 Arg2:T2\n";
    assert_eq!(
        said("brat", &[("d.txt", text), ("d.ann", marks)]),
        [
            "d \"North and South America\\nrose\"",
            " by import",
            "  Loc \"North\"+\"America\" {\"Sure\":\"High\",\"reference\":\"Wikipedia:1\",\"reference_title\":\"NA\"}",
            "  Rise \"rose\" {\"Negation\":true,\"note\":\"a note\"}",
            "  T2 -Theme-> T1",
            "  T1 -in-> T2",
            "! d.ann:9 other_text",
            "! d.ann bad_reference",
        ]
    );
}

#[test]
fn all_tag_schemes_say_the_same() {
    for tags in [
        ["B-X", "I-X", "B-X", "O"],
        ["I-X", "I-X", "B-X", "O"],
        ["B-X", "L-X", "U-X", "O"],
        ["B-X", "E-X", "S-X", "O"],
        ["I-X", "E-X", "E-X", "O"],
    ] {
        let lines: String =
            ["a", "b", "c", "d"].iter().zip(tags).map(|(word, tag)| format!("{word} {tag}\n")).collect();
        let found = said("conll2003", &[("x.conll", &lines)]);
        assert_eq!(found[2..], ["  X \"a b\"", "  X \"c\""], "{tags:?}");
    }
}

#[test]
fn conllu_keeps_the_text_and_knows_multiword_tokens() {
    let lines = "# newdoc id = d1\n# sent_id = 1\n# text = vámonos Ana.\n1-2\tvámonos\t_\t_\t_\t_\t_\t_\t_\t_\n1\tvamos\tir\tVERB\t_\t_\t0\troot\t_\t_\n2\tnos\tnosotros\tPRON\t_\t_\t1\tobj\t_\t_\n3\tAna\tAna\tPROPN\t_\t_\t1\tvocative\t_\tNER=B-PER|SpaceAfter=No\n4\t.\t.\tPUNCT\t_\t_\t1\tpunct\t_\tSpacesAfter=\\n\n\nbad line\n";
    assert_eq!(
        said("conllu", &[("x.conllu", lines)]),
        ["d1 \"vámonos Ana.\\n\"", " by import", "  PER \"Ana\"", "! x.conllu:10 bad_line"]
    );
}

#[test]
fn squad_answers_are_where_they_say() {
    let text = r#"{"version":"v2.0","data":[{"title":"T","paragraphs":[{"context":"Zoë is 3","qas":[{"id":"q1","question":"who?","answers":[{"text":"Zoë","answer_start":0},{"text":"no","answer_start":0}],"is_impossible":false},{"id":"q2","question":"why?","answers":[],"is_impossible":true}]}]}]}"#;
    assert_eq!(
        said("squad", &[("s.json", text)]),
        [
            "row-0000001 \"Zoë is 3\"",
            " by import",
            "  unanswerable = [\"why?\"]",
            "  answer \"Zoë\" {\"question\":\"who?\",\"question_id\":\"q1\"}",
            "! s.json: data[0].paragraphs[0].qas[0].answers[1] other_text",
        ]
    );
}

#[test]
fn textgrid_long_and_short_with_doubled_quotes_and_utf16() {
    let long = "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0\nxmax = 2.3\ntiers? <exists>\nsize = 2\nitem []:\n item [1]:\n class = \"IntervalTier\"\n name = \"Mary\"\n xmin = 0\n xmax = 2.3\n intervals: size = 2\n intervals [1]:\n xmin = 0\n xmax = 1\n text = \"\"\n intervals [2]:\n xmin = 1\n xmax = 2.3\n text = \"he said \"\"hi\"\"\"\n item [2]:\n class = \"TextTier\"\n name = \"bell\"\n xmin = 0\n xmax = 2.3\n points: size = 1\n points [1]:\n number = 1.5\n mark = \"ding\"\n";
    let short = "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n0\n2.3\n<exists>\n2\n\"IntervalTier\"\n\"Mary\"\n0\n2.3\n2\n0\n1\n\"\"\n1\n2.3\n\"he said \"\"hi\"\"\"\n\"TextTier\"\n\"bell\"\n0\n2.3\n1\n1.5\n\"ding\"\n";
    let wanted = [
        "a.wav",
        " by import",
        "  Mary 1000..2300 {\"text\":\"he said \\\"hi\\\"\"}",
        "  bell 1500..1501 {\"text\":\"ding\"}",
    ];
    assert_eq!(said("textgrid", &[("a.TextGrid", long)]), wanted);
    assert_eq!(said("textgrid", &[("a.TextGrid", short)]), wanted);
    let bytes = [0xff, 0xfe].into_iter().chain(short.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let reading = read(format("textgrid").unwrap(), &MemoryView { files: [("a.TextGrid".to_owned(), bytes)].into() });
    assert_eq!(reading.records[0].answers[0].answer.regions.len(), 2);
    assert_eq!(said("textgrid", &[("a.TextGrid", &short[..60])]), ["! a.TextGrid:5 malformed"]);
}

#[test]
fn lines_of_sound() {
    assert_eq!(
        said("audacity", &[("a.txt", "0.500000\t1.250000\tbird song\n\\\t2000.0\t5000.5\n3.0\t2.0\tx\n")]),
        [
            "a.wav",
            " by import",
            "  bird song 500..1250 {\"high_hz\":5000.5,\"low_hz\":2000.0}",
            "! a.txt:3 bad_interval"
        ]
    );
    assert_eq!(
        said(
            "rttm",
            &[(
                "x.rttm",
                "SPEAKER a 1 0.5 1.25 <NA> <NA> ann <NA> <NA>\nSPKR-INFO a 1 <NA> <NA> <NA> unknown ann <NA> <NA>\nSPEAKER a 1 x 1 <NA> <NA> b\n"
            )]
        ),
        ["a.wav", " by import", "  ann 500..1750", "! x.rttm:3 bad_line"]
    );
    assert_eq!(said("ctm", &[("x.ctm", ";; c\na 1 0.1 0.2 hi 0.9\n")]), ["a.wav", " by import", "  hi 100..300"]);
    assert_eq!(
        said("stm", &[("x.stm", "a 1 ann 0.0 1.5 <o,f0> he  said so\n")]),
        ["a.wav", " by import", "  ann 0..1500 {\"text\":\"he  said so\"}"]
    );
    assert_eq!(
        said(
            "series-labels",
            &[
                (
                    "labels.csv",
                    "series,class,start,end,score,attributes\na.csv,spike,12.5,,0.5,\na.csv,hot,3,2,,\na.csv,hot,2,3.25,,\"{\"\"cause\"\":\"\"oil\"\"}\"\nb.csv,hot,x,,,\nc.csv,hot,1,2,y,\n"
                ),
                ("a.csv", "time,x\n1,1\n")
            ]
        ),
        [
            "a.csv",
            " by import",
            "  spike 12500..12501",
            "  hot 2000..3250 {\"cause\":\"oil\"}",
            "! labels.csv:3, column end bad_interval",
            "! labels.csv:5, column start bad_time",
            "! labels.csv:6, column score bad_number"
        ]
    );
    assert_eq!(
        said(
            "srt",
            &[(
                "a.srt",
                "1\r\n00:00:01,000 --> 00:00:02,500\r\nHello\r\nthere\r\n\r\n2\r\n00:00:0x --> 00:00:04,000\r\nno\r\n"
            )]
        ),
        ["a.wav", " by import", "  speech 1000..2500 {\"text\":\"Hello\\nthere\"}", "! a.srt:7 bad_time"]
    );
    assert_eq!(
        said(
            "webvtt",
            &[(
                "a.vtt",
                "\u{feff}WEBVTT - t\n\nNOTE a --> b\n\nSTYLE\n::cue {}\n\nid\n01:01.000 --> 01:02.500 align:start\n<v.loud Zoë>A &amp; <b>B</b>\n"
            )]
        ),
        ["a.wav", " by import", "  Zoë 61000..62500 {\"text\":\"A & B\"}"]
    );
}

#[test]
fn elan_slots_without_time_lie_between_and_references_take_their_share() {
    let eaf = r#"<ANNOTATION_DOCUMENT><HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"><MEDIA_DESCRIPTOR MEDIA_URL="file:///home/x/a.wav" MIME_TYPE="audio/x-wav"/></HEADER>
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="ts2"/><TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="1000"/></TIME_ORDER>
<TIER TIER_ID="said" LINGUISTIC_TYPE_REF="x"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2"><ANNOTATION_VALUE>hi you</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="words" PARENT_REF="said" LINGUISTIC_TYPE_REF="y"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a2" ANNOTATION_REF="a1"><ANNOTATION_VALUE>hi</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a3" ANNOTATION_REF="a1" PREVIOUS_ANNOTATION="a2"><ANNOTATION_VALUE>you</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a4" ANNOTATION_REF="gone"/></ANNOTATION></TIER></ANNOTATION_DOCUMENT>"#;
    assert_eq!(
        said("elan", &[("x.eaf", eaf)]),
        [
            "a.wav",
            " by import",
            "  said 0..500 {\"text\":\"hi you\"}",
            "  words 0..250 {\"text\":\"hi\"}",
            "  words 250..500 {\"text\":\"you\"}",
            "! x.eaf: a4 bad_time",
        ]
    );
}

#[test]
fn kaldi_folders_and_manifests() {
    let files = [
        ("wav.scp", "r1 sph2pipe r1.sph |\n"),
        ("segments", "ann-1 r1 0.5 1.5\nann-2 gone 0 1\n"),
        ("text", "ann-1 hello there\n"),
        ("utt2spk", "ann-1 ann\nann-2 ann\n"),
    ];
    assert_eq!(
        said("kaldi", &files),
        ["r1.wav", " by import", "  ann 500..1500 {\"text\":\"hello there\"}", "! segments:2 bad_line"]
    );
    assert_eq!(
        said("nemo", &[("m.json", r#"{"audio_filepath":"a/b.wav","duration":1.5,"text":"hi"}"#)]),
        ["a/b.wav", " by import", "  text = \"hi\""]
    );
    assert_eq!(
        said("common-voice", &[("v.tsv", "client_id\tpath\tsentence\nx\ta.mp3\tHi there\ny\tb.mp3\n")]),
        ["a.mp3", " by import", "  text = \"Hi there\"", "! v.tsv:3 wrong_cell_count"]
    );
}

#[test]
fn trainers_lines() {
    let lines = r#"{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}
{"messages":[{"role":"user"}]}
{"x":1}"#;
    assert_eq!(
        said("sft", &[("a.jsonl", lines)]),
        ["row-0000001 \"Hi\"", " by import", "  completion = \"Hello\"", "row-0000002 \"\"", "! a.jsonl:3 missing_key"]
    );
    let pair = r#"{"chosen":"\n\nHuman: hi\n\nAssistant: good","rejected":"\n\nHuman: hi\n\nAssistant: bad"}"#;
    assert_eq!(said("preference", &[("a.jsonl", pair)])[2..], ["  chosen = \"good\"", "  rejected = \"bad\""]);
    let judged = r#"{"prompt":"p","completion":"c","label":false}"#;
    assert_eq!(said("judged-completions", &[("a.jsonl", judged)])[2..], ["  completion = \"c\"", "  label = false"]);
    assert_eq!(said("fasttext", &[("a.txt", "__label__a __label__b some text\n")])[2..], ["  label = [\"a\",\"b\"]"]);
    assert_eq!(said("parallel", &[("c.en", "a\nb\n"), ("c.fr", "x\n")])[3..], ["! c.fr:2 other_length"]);
}

#[test]
fn offsets_are_exact_in_all_units() {
    use labelwright_formats::{Found, Next, Options, Settings};
    // e + combining acute, family of five scalars, Hebrew, CR LF.
    let text = "e\u{301} 👩\u{200d}👧 שלום\r\nz";
    for (unit, start, end) in [("unicode", 7, 11), ("utf16", 9, 13), ("bytes", 16, 24)] {
        let line =
            serde_json::json!({"text": text, "label": [[start, end, "W"], [start + 100, end + 100, "W"]]}).to_string();
        let format = format("doccano").unwrap();
        let settings = Settings {
            options: Options::parse(format.options, Way::Read, [("offsets", unit)]).unwrap(),
            ..Settings::default()
        };
        let mut found = Vec::new();
        format.read.unwrap()(&view(&[("a.jsonl", &line)]), &settings, &mut |one| {
            if let Found::Record(record) = one {
                found.extend(record.answers[0].answer.regions.iter().map(|region| region.geometry.clone()));
            }
            Next::GoOn
        })
        .unwrap();
        assert_eq!(found, [Geometry::Span(labelwright_core::geometry::Span::new(7, 11))], "{unit}");
    }
}

#[test]
fn concepts_are_normalisations_in_brat() {
    let marks = "T1\tGene 0 4\tp53a\nN1\tentry T1 genes:G7\t\nN2\tReference T1 Wikipedia:5:6\t\n";
    assert_eq!(
        said("brat", &[("d.txt", "p53a"), ("d.ann", marks)])[2..],
        ["  Gene \"p53a\" {\"entry\":\"G7\",\"reference\":\"Wikipedia:5:6\"}"]
    );
    let schema: LabelSchema = serde_json::from_str(
        r##"{"name": "x", "modality": "text", "classes": [{"id": "Gene", "title": "Gene", "geometry": ["span"],
            "color": "#000000", "attributes": [
              {"id": "entry", "title": "Entry", "kind": {"type": "concept", "list": "genes"}},
              {"id": "reference", "title": "Reference", "kind": {"type": "text"}}]}]}"##,
    )
    .unwrap();
    let answer: Answer = serde_json::from_str(
        r#"{"regions": [{"id": "r1", "class": "Gene", "geometry": {"type": "span", "ranges": [[0, 4]]},
            "attributes": {"entry": "G7", "reference": "Wikipedia:5"}}]}"#,
    )
    .unwrap();
    let item = ExportItem {
        text: Some("p53a".into()),
        answers: vec![SourcedAnswer::new("consensus", answer)],
        ..ExportItem::new("d", Modality::Text)
    };
    let (view, _) = write(format("brat").unwrap(), &schema, &[item]);
    let written = String::from_utf8(view.files["d.ann"].clone()).unwrap();
    assert_eq!(written, "T1\tGene 0 4\tp53a\nN1\tentry T1 genes:G7\t\nN2\tReference T1 Wikipedia:5\t\n");
}
