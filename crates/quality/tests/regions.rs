//! Aggregation of and agreement over regions, against the reference libraries where there are some
//! (`scripts/fixtures/regions.py`), and against planted truths.

#![allow(clippy::unwrap_used)]

use labelwright_core::geometry::{Bounds, Keypoint, Keypoints, Mask, Visibility};
use labelwright_quality::{
    agreement::{shapes, transcripts::word_edits},
    regions::{
        Settings,
        boxes::{BoxVote, cluster_median, weighted_fusion},
        keypoints, masks,
        masks::MaskVotes,
        rankings, rover,
        spans::{Ends, SpanVote, consolidate},
        staple,
    },
    statistics::{bootstrap::Plan, random::Random},
};
use proptest::prelude::*;
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("data/regions.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

#[test]
fn fused_boxes_equal_the_reference() {
    for case in fixture()["fusions"].as_array().unwrap() {
        let mut votes = Vec::new();
        let sources = case["boxes"].as_array().unwrap().len();
        for source in 0..sources {
            for (at, corners) in case["boxes"][source].as_array().unwrap().iter().enumerate() {
                let c = numbers(corners);
                votes.push(BoxVote {
                    source: source as u32,
                    label: case["labels"][source][at].as_u64().unwrap() as u32,
                    bounds: Bounds::new(c[0], c[1], c[2], c[3]),
                    score: case["scores"][source][at].as_f64().unwrap(),
                });
            }
        }
        let settings = Settings { threshold: 0.55, ..Settings::default() };
        let found = weighted_fusion(&votes, sources, settings);
        let scores = numbers(&case["fused_scores"]);
        assert_eq!(found.len(), scores.len());
        for (at, result) in found.iter().enumerate() {
            // The library computes in 32-bit numbers.
            assert!((result.probability - scores[at]).abs() < 1e-6, "{result:?} {}", scores[at]);
            let c = numbers(&case["fused"][at]);
            let b = result.bounds;
            for (one, other) in [b.left, b.top, b.right, b.bottom].iter().zip(c) {
                assert!((one - other).abs() < 1e-6);
            }
        }
        votes.reverse();
        assert_eq!(found, weighted_fusion(&votes, sources, settings));
    }
}

#[test]
fn spans_take_ends_that_somebody_chose() {
    let vote = |start, end, label, source| SpanVote { start, end, label, source };
    let votes = [vote(0, 5, 0, 0), vote(0, 5, 0, 1), vote(1, 6, 1, 2), vote(30, 40, 1, 2)];
    let found = consolidate(&votes, 3, Ends::Mode, Settings::default());
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].start, found[0].end, found[0].label, found[0].support), (0, 5, 0, 3));
    let unclear = [vote(0, 10, 0, 0), vote(1, 11, 0, 1), vote(3, 12, 1, 2)];
    let found = consolidate(&unclear, 3, Ends::Mode, Settings::default());
    assert_eq!((found[0].start, found[0].end), (1, 11));
    let tied = consolidate(&[vote(0, 9, 1, 0), vote(0, 9, 0, 1)], 2, Ends::Median, Settings::default());
    assert_eq!((tied[0].label, tied[0].tied), (0, true));
}

#[test]
fn rover_outvotes_every_labeler() {
    // Each labeler is wrong at another place, and the order of the texts must not matter.
    let texts = ["the cat sat on the mat", "a cat sat on the mat", "the cat sit on the mat", "the cat sat on mat"];
    for turn in 0..4 {
        let mut turned = texts;
        turned.rotate_left(turn);
        let found = rover::rover(&turned).unwrap();
        assert_eq!((found.text.as_str(), found.ties), ("the cat sat on the mat", 0));
    }
    assert_eq!(rover::medoid(&texts).unwrap().text, "the cat sat on the mat");
    // Two texts tie at each difference; a word goes before nothing.
    let tied = rover::rover(&["one two", "one"]).unwrap();
    assert_eq!((tied.text.as_str(), tied.ties), ("one two", 1));
    assert_eq!(rover::rover(&[]), None);
    assert_eq!(rover::rover(&["", ""]).unwrap().text, "");
}

#[test]
fn rover_lowers_the_error_rate_of_noisy_transcripts() {
    let mut random = Random::new(5);
    let words: Vec<String> = (0..200).map(|word| format!("w{word}")).collect();
    let (mut fused, mut best, mut total) = (0, 0, 0);
    for _ in 0..40 {
        let truth: Vec<&str> = (0..12).map(|_| words[random.below(200)].as_str()).collect();
        let hypotheses: Vec<String> = (0..5)
            .map(|_| {
                let mut own = Vec::new();
                for word in &truth {
                    match random.below(20) {
                        0 => {}
                        1 => own.push(words[random.below(200)].as_str()),
                        2 => own.extend([*word, words[random.below(200)].as_str()]),
                        _ => own.push(word),
                    }
                }
                own.join(" ")
            })
            .collect();
        let truth = truth.join(" ");
        let texts: Vec<&str> = hypotheses.iter().map(String::as_str).collect();
        fused += word_edits(&truth, &rover::rover(&texts).unwrap().text).errors();
        best += texts.iter().map(|text| word_edits(&truth, text).errors()).min().unwrap();
        total += 12;
    }
    assert!(fused * 2 < best, "{fused} {best} of {total}");
}

fn disc(cx: f64, cy: f64, radius: f64) -> Mask {
    Mask::from_pixels(
        64,
        64,
        (0..64 * 64).map(|at| {
            let (x, y) = (f64::from(at / 64), f64::from(at % 64));
            (x - cx).hypot(y - cy) < radius
        }),
    )
}

/// Images with a disc each; labelers who are good, draw too wide, too narrow, or somewhere.
fn drawn() -> (Vec<Mask>, Vec<MaskVotes>) {
    let mut random = Random::new(11);
    let mut shift = |size: f64| (random.unit() - 0.5) * 2.0 * size;
    let mut truths = Vec::new();
    let mut votes = Vec::new();
    for _ in 0..30 {
        let (x, y, radius) = (32.0 + shift(10.0), 32.0 + shift(10.0), 12.0 + shift(4.0));
        truths.push(disc(x, y, radius));
        let masks = vec![
            disc(x + shift(1.0), y + shift(1.0), radius + shift(0.7)),
            disc(x + shift(1.0), y + shift(1.0), radius + shift(0.7)),
            disc(x + shift(2.0), y + shift(2.0), radius + 5.0),
            disc(x + shift(2.0), y + shift(2.0), radius + 5.0),
            disc(x + shift(15.0), y + shift(15.0), radius),
        ];
        votes.push(MaskVotes { sources: vec![0, 1, 2, 3, 4], masks });
    }
    (truths, votes)
}

fn mean_iou(truths: &[Mask], found: &[Mask]) -> f64 {
    truths.iter().zip(found).map(|(a, b)| shapes::intersection_over_union(a, b).unwrap()).sum::<f64>()
        / truths.len() as f64
}

#[test]
fn shared_skill_beats_majority_on_planted_masks() {
    let (truths, votes) = drawn();
    let each = |method: fn(&MaskVotes) -> Result<masks::MaskResult, masks::DifferentSizes>| {
        let found: Vec<Mask> = votes.iter().map(|own| method(own).unwrap().mask).collect();
        mean_iou(&truths, &found)
    };
    let (majority, rasa, em) = (each(masks::majority), each(masks::rasa), each(masks::em));
    let fitted = staple::staple(&votes, 5).unwrap();
    let found: Vec<Mask> = fitted.results.iter().map(|result| result.mask.clone()).collect();
    let shared = mean_iou(&truths, &found);
    assert!(
        shared > majority && shared > rasa && shared > em,
        "staple {shared}, majority {majority}, rasa {rasa}, em {em}"
    );
    assert!(fitted.log_likelihood.windows(2).all(|pair| pair[1] >= pair[0] - 1e-6), "{:?}", fitted.log_likelihood);
    let skill = |at: usize| fitted.skills[at].sensitivity + fitted.skills[at].specificity;
    assert!(skill(0) > skill(2) && skill(1) > skill(4), "{:?}", fitted.skills);
    // Rows in another order, sources in another order: the same masks.
    let turned: Vec<MaskVotes> = votes
        .iter()
        .map(|own| MaskVotes {
            sources: own.sources.iter().rev().copied().collect(),
            masks: own.masks.iter().rev().cloned().collect(),
        })
        .collect();
    assert_eq!(fitted.results, staple::staple(&turned, 5).unwrap().results);
    for method in [masks::majority, masks::rasa, masks::em] {
        assert_eq!(method(&votes[0]).unwrap().mask, method(&turned[0]).unwrap().mask);
    }
}

#[test]
fn exactly_half_is_off() {
    let mask = |bits: &str| Mask::from_pixels(4, 1, bits.chars().map(|c| c == '1'));
    let votes = MaskVotes { sources: vec![0, 1], masks: vec![mask("1100"), mask("0110")] };
    assert_eq!(masks::majority(&votes).unwrap().mask, mask("0100"));
    let wrong = MaskVotes { sources: vec![0, 1], masks: vec![mask("1100"), Mask::from_pixels(2, 2, [true; 4])] };
    assert!(masks::majority(&wrong).is_err() && staple::staple(&[wrong], 2).is_err());
    let empty = MaskVotes { sources: vec![0, 1], masks: vec![mask("0000"), mask("0000")] };
    for method in [masks::majority, masks::rasa, masks::em] {
        assert_eq!(method(&empty).unwrap().mask.area(), 0);
    }
    assert_eq!(staple::staple(&[empty], 2).unwrap().results[0].mask.area(), 0);
}

#[test]
fn boxes_meet_in_the_median_and_strays_go() {
    let vote =
        |source, label, x: f64| BoxVote { source, label, bounds: Bounds::new(x, 0.0, x + 10.0, 10.0), score: 1.0 };
    let votes = [vote(0, 1, 0.0), vote(1, 1, 1.0), vote(2, 0, 2.0), vote(2, 1, 50.0)];
    let found = cluster_median(&votes, 3, Settings::default());
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].bounds, found[0].label, found[0].support), (Bounds::new(1.0, 0.0, 11.0, 10.0), 1, 3));
    assert!(found[0].probability > 0.5 && found[0].probability < 2.0 / 3.0);
}

#[test]
fn joints_each_by_themselves() {
    let point = |x, visibility| Keypoint { x, y: 1.0, visibility };
    let make = |a, b| Keypoints { points: vec![a, b] };
    let absent = point(0.0, Visibility::Absent);
    let members = [
        make(point(1.0, Visibility::Visible), absent.clone()),
        make(point(2.0, Visibility::Visible), absent.clone()),
        make(point(9.0, Visibility::Occluded), point(5.0, Visibility::Visible)),
    ];
    let found = keypoints::fuse(&members.iter().collect::<Vec<_>>()).unwrap();
    assert_eq!(found.keypoints.points[0], point(2.0, Visibility::Visible));
    assert_eq!(found.keypoints.points[1].visibility, Visibility::Absent);
    assert!((found.support[1] - 1.0 / 3.0).abs() < 1e-12);
}

#[test]
fn the_kemeny_ranking_disagrees_least() {
    // A majority cycle among 0, 1, 2 with unequal strength: the weakest link breaks.
    let rankings = [vec![0, 1, 2, 3], vec![0, 1, 2, 3], vec![1, 2, 0, 3], vec![2, 0, 1, 3], vec![2, 0, 1, 3]];
    let found = rankings::kemeny(&rankings, 4);
    let mut least = usize::MAX;
    for a in 0..4_u32 {
        for b in (0..4).filter(|b| *b != a) {
            for c in (0..4).filter(|c| *c != a && *c != b) {
                let order = [a, b, c, 6 - a - b - c];
                let cost: usize = rankings
                    .iter()
                    .map(|own| {
                        let place = |item: u32| own.iter().position(|o| *o == item).unwrap();
                        (0..4)
                            .flat_map(|i| (i + 1..4).map(move |j| (i, j)))
                            .filter(|(i, j)| place(order[*i]) > place(order[*j]))
                            .count()
                    })
                    .sum();
                least = least.min(cost);
            }
        }
    }
    assert_eq!((found.disagreements, found.exact), (least, true));
    assert_eq!(rankings::borda(&rankings, 4).order[3], 3);
    // Forty items are past the exact search: the moves still find a clear order.
    let long: Vec<u32> = (0..40).rev().collect();
    let found = rankings::kemeny(&[long.clone(), long.clone()], 40);
    assert_eq!((found.order, found.exact), (long, false));
}

#[test]
fn shapes_by_hand() {
    let (one, two) = (disc(20.0, 20.0, 8.0), disc(25.0, 20.0, 8.0));
    let dice = shapes::dice(&one, &two).unwrap();
    let iou = shapes::intersection_over_union(&one, &two).unwrap();
    assert!((dice - 2.0 * iou / (1.0 + iou)).abs() < 1e-12 && dice > 0.5);
    let far = shapes::hausdorff(&shapes::outline(&one), &shapes::outline(&two), 1.0).unwrap();
    assert!((far - 5.0).abs() < 0.6, "{far}");
    assert_eq!(shapes::hausdorff(&[], &[[0.0, 0.0]], 1.0), None);
    // All answers alike to different items: nothing beyond chance.
    let tasks: Vec<Vec<(u32, f64)>> =
        (0..20).map(|task| vec![(0, f64::from(task % 2)), (1, f64::from(task % 2))]).collect();
    let alike = |a: &f64, b: &f64| f64::from(u8::from(a == b));
    let found = shapes::corrected(&tasks, alike, Plan::default(), "equal");
    assert!((found.value.unwrap() - 1.0).abs() < 1e-12 && found.expected.unwrap() < 0.6);
    let crossed: Vec<Vec<(u32, f64)>> = (0..20).map(|_| vec![(0, 0.0), (1, 1.0)]).collect();
    assert!(shapes::corrected(&crossed, alike, Plan::default(), "equal").value.unwrap() < 0.0);
}

proptest! {
    #[test]
    fn box_votes_may_come_in_any_order(
        places in prop::collection::vec((0..4_u32, 0..2_u32, 0..6_u8, 1..4_u8), 1..14),
        turn in 0..14_usize,
    ) {
        let votes: Vec<BoxVote> = places
            .iter()
            .map(|(source, label, x, score)| BoxVote {
                source: *source,
                label: *label,
                bounds: Bounds::new(f64::from(*x) * 3.0, 0.0, f64::from(*x) * 3.0 + 10.0, 10.0),
                score: f64::from(*score) / 4.0,
            })
            .collect();
        let mut turned = votes.clone();
        turned.rotate_left(turn % votes.len());
        turned.reverse();
        prop_assert_eq!(cluster_median(&votes, 4, Settings::default()), cluster_median(&turned, 4, Settings::default()));
        prop_assert_eq!(weighted_fusion(&votes, 4, Settings::default()), weighted_fusion(&turned, 4, Settings::default()));
        // Nobody is in a cluster twice.
        for result in cluster_median(&votes, 4, Settings { quorum: 0.0, ..Settings::default() }) {
            prop_assert!(result.support <= 4);
        }
    }

    #[test]
    fn texts_may_come_in_any_order(texts in prop::collection::vec("[ab] ?[abc]? ?[ab]?", 1..6), turn in 0..6_usize) {
        let mut own: Vec<&str> = texts.iter().map(String::as_str).collect();
        let (rover_text, medoid) = (rover::rover(&own), rover::medoid(&own));
        let steps = turn % own.len();
        own.rotate_left(steps);
        prop_assert_eq!(rover_text, rover::rover(&own));
        prop_assert_eq!(medoid, rover::medoid(&own));
    }
}
