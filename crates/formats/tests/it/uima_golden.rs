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
