//! Conversations with their answers as lines for trainers. Every labeler's answer makes lines of its own. What an answer
//! does not say (which of two alike answers is better) makes none and is counted.

use super::Shape;
use crate::{
    loss::Losses,
    record::{ExportItem, SourcedAnswer},
};
use labelwright_core::{
    Answer, LabelSchema, Target, Value,
    dialogue::{Conversation, Message, Response, Speaker, Verdict, edit_distance},
    schema::{Field, FieldKind},
};
use serde_json::{Map, Value as Json, json};

type Line = Map<String, Json>;

pub(super) fn lines(item: &ExportItem, schema: &LabelSchema, kind: Shape, losses: &Losses) -> Vec<Line> {
    let Some(conversation) = item.text.as_deref().and_then(Conversation::stored) else {
        losses.add("no_conversation", "an item whose conversation is not there is left out", &item.key);
        return Vec::new();
    };
    let several = item.answers.len() > 1;
    let mut all = Vec::new();
    for SourcedAnswer { source, answer, .. } in &item.answers {
        let given = Given { conversation: &conversation, schema, answer, key: &item.key, losses };
        given.count_unused(kind);
        let found = match kind {
            Shape::Sft => given.demonstration().into_iter().collect(),
            Shape::Preference => given.pairs(),
            Shape::Judged => given.judged(),
            Shape::Steps => given.steps().into_iter().collect(),
        };
        for mut line in found {
            line.insert("id".into(), item.key.clone().into());
            if several {
                line.insert("labeler".into(), source.clone().into());
            }
            for (name, value) in &item.metadata {
                line.entry(name.clone()).or_insert_with(|| value.clone());
            }
            all.push(line);
        }
    }
    all
}

/// One answer to one conversation.
struct Given<'a> {
    conversation: &'a Conversation,
    schema: &'a LabelSchema,
    answer: &'a Answer,
    key: &'a str,
    losses: &'a Losses,
}

/// A text that was written is what the assistant says in the end.
fn written(text: &str) -> Vec<Message> {
    vec![Message::of(Speaker::Assistant, text)]
}

fn line<const N: usize>(pairs: [(&str, Json); N]) -> Line {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn model(line: &mut Line, key: &str, response: &Response) {
    if let Some(model) = &response.model {
        line.insert(key.to_owned(), json!(model));
    }
}

impl Given<'_> {
    fn lose(&self, code: &'static str, message: &str) {
        self.losses.add(code, message, self.key);
    }

    /// What of the answer has no place in these lines.
    fn count_unused(&self, kind: Shape) {
        let used = |id: &str| {
            let Some(field) = self.schema.field(id) else { return false };
            let compares = matches!(field.kind, FieldKind::Pairwise { .. } | FieldKind::Ranking { .. });
            match kind {
                Shape::Sft => compares || self.text().is_some_and(|(_, own, _)| own == id),
                Shape::Preference | Shape::Judged => compares,
                Shape::Steps => false,
            }
        };
        let fields = self.answer.fields.keys().filter(|id| !used(id)).count();
        self.losses.add_some("fields", "fields have no place in the format", self.key, fields);
        if kind != Shape::Steps {
            let regions = self.answer.regions.len();
            self.losses.add_some("regions", "labels of turns have no place in the format", self.key, regions);
        }
    }

    fn prompt(&self) -> Json {
        json!(self.conversation.messages)
    }

    fn verdict(&self, field: &Field) -> Option<Verdict> {
        Verdict::of(field, self.answer.fields.get(&field.id)?, self.conversation.responses.len())
    }

    /// The answers to all comparisons, each with the id of its field.
    fn verdicts(&self) -> Vec<(&str, Verdict)> {
        let found = self.schema.fields.iter().filter_map(|field| Some((field.id.as_str(), self.verdict(field)?)));
        let found: Vec<(&str, Verdict)> = found.collect();
        if found.is_empty() {
            self.lose("no_comparison", "an answer that compares no responses makes no line here");
        }
        found
    }

    /// The chosen and the rejected one of each two responses at different places.
    fn pairs(&self) -> Vec<Line> {
        let mut all = Vec::new();
        let verdicts = self.verdicts();
        let several = verdicts.len() > 1;
        for (field, verdict) in verdicts {
            let places = match verdict {
                Verdict::Best(best, others) => vec![vec![best], others],
                Verdict::Places(places) => {
                    if places.iter().any(|place| place.len() > 1) {
                        self.lose("ties", "responses that are judged alike make no pair with each other");
                    }
                    places
                }
                Verdict::AllBad(_) => {
                    self.lose("all_bad", "a judgment that all responses are bad prefers none: no pair");
                    continue;
                }
            };
            for (at, better) in places.iter().enumerate() {
                for worse in places.iter().skip(at + 1).flatten() {
                    for better in better {
                        all.extend(self.pair(*better, *worse).map(|mut line| {
                            if several {
                                line.insert("question".into(), json!(field));
                            }
                            line
                        }));
                    }
                }
            }
        }
        all
    }

    fn pair(&self, better: usize, worse: usize) -> Option<Line> {
        let responses = &self.conversation.responses;
        let (chosen, rejected) = (responses.get(better)?, responses.get(worse)?);
        let prompt = self.prompt();
        let mut found =
            line([("prompt", prompt), ("chosen", json!(chosen.messages)), ("rejected", json!(rejected.messages))]);
        model(&mut found, "chosen_model", chosen);
        model(&mut found, "rejected_model", rejected);
        Some(found)
    }

    /// The best response is good, the worst bad; what lies between, or is only not the best of several, is neither.
    fn judged(&self) -> Vec<Line> {
        let mut all = Vec::new();
        for (_, verdict) in self.verdicts() {
            let labels: Vec<(usize, bool)> = match verdict {
                Verdict::AllBad(all) => all.into_iter().map(|at| (at, false)).collect(),
                Verdict::Best(best, others) => {
                    if others.len() > 1 {
                        self.lose(
                            "between",
                            "responses that are only not the best of several are neither good nor bad",
                        );
                    }
                    let bad = others.first().filter(|_| others.len() == 1);
                    std::iter::once((best, true)).chain(bad.map(|at| (*at, false))).collect()
                }
                Verdict::Places(places) => {
                    let [best, .., worst] = places.as_slice() else {
                        self.lose("ties", "responses that are judged alike are neither good nor bad");
                        continue;
                    };
                    if places.len() > 2 {
                        self.lose("between", "responses between the best and the worst are neither good nor bad");
                    }
                    let good = best.iter().map(|at| (*at, true));
                    good.chain(worst.iter().map(|at| (*at, false))).collect()
                }
            };
            for (at, label) in labels {
                let Some(response) = self.conversation.responses.get(at) else { continue };
                let completion = json!(response.messages);
                let mut found = line([("prompt", self.prompt()), ("completion", completion), ("label", json!(label))]);
                model(&mut found, "model", response);
                all.push(found);
            }
        }
        all
    }

    /// What was written, or where nothing was the response that is best, or what the assistant said in the end.
    fn demonstration(&self) -> Option<Line> {
        let said = |messages: &[Message]| json!([self.conversation.messages.as_slice(), messages].concat());
        if let Some((text, _, starts)) = self.text() {
            let mut found = line([("messages", said(&written(text)))]);
            if starts && let Some((at, distance)) = self.edited_from(text) {
                found.insert("edited_from".into(), json!(at));
                found.insert("edit_distance_words".into(), json!(distance));
                if let Some(response) = self.conversation.responses.get(at) {
                    model(&mut found, "edited_model", response);
                }
            }
            return Some(found);
        }
        let verdicts: Vec<Verdict> = self.schema.fields.iter().filter_map(|field| self.verdict(field)).collect();
        for verdict in &verdicts {
            let best = match verdict {
                Verdict::Best(best, _) => Some(*best),
                Verdict::Places(places) => match places.first().map(Vec::as_slice) {
                    Some([best]) if places.len() > 1 => Some(*best),
                    _ => None,
                },
                Verdict::AllBad(_) => None,
            };
            if let Some(response) = best.and_then(|best| self.conversation.responses.get(best)) {
                let mut found = line([("messages", said(&response.messages))]);
                model(&mut found, "model", response);
                return Some(found);
            }
        }
        let ends = self.conversation.messages.last().is_some_and(|last| last.role == Speaker::Assistant);
        if self.conversation.responses.is_empty() && ends {
            return Some(line([("messages", self.prompt())]));
        }
        self.lose("no_completion", "an answer without a written or a preferred response makes no line here");
        None
    }

    /// The text that was written, its field, and whether it began as a response: a field that says so comes first, then the first
    /// required one of several lines.
    fn text(&self) -> Option<(&str, &str, bool)> {
        let of = |field: &Field| match self.answer.fields.get(&field.id) {
            Some(Value::Text(text)) if !text.trim().is_empty() => Some(text),
            _ => None,
        };
        let starts = |field: &&Field| matches!(field.kind, FieldKind::Text { starts_from: Some(_), .. });
        let written = |field: &&Field| field.required && matches!(field.kind, FieldKind::Text { multiline: true, .. });
        let fields = &self.schema.fields;
        let edited = fields.iter().filter(starts).find_map(|field| Some((field, of(field)?)));
        let found = edited.or_else(|| fields.iter().filter(written).find_map(|field| Some((field, of(field)?))));
        found.map(|(field, text)| (text.as_str(), field.id.as_str(), starts(&field)))
    }

    /// The response that a text is nearest to, and the words that differ.
    fn edited_from(&self, text: &str) -> Option<(usize, usize)> {
        let far = |(at, response): (usize, &Response)| Some((at, edit_distance(&response.text(), text)?));
        self.conversation.responses.iter().enumerate().filter_map(far).min_by_key(|(at, distance)| (*distance, *at))
    }

    /// Each turn of the assistant that has a label: good or bad, or a reward as a number.
    fn steps(&self) -> Option<Line> {
        let mut steps: Vec<(u32, Json)> = Vec::new();
        for region in &self.answer.regions {
            let Target::Turn(turn) = region.target else { continue };
            let reward = region.attributes.values().find_map(|value| match value {
                Value::Number(number) => Some(json!(number)),
                Value::Boolean(good) => Some(json!(good)),
                _ => None,
            });
            let label = reward.or(match region.class.as_str() {
                "good" | "right" | "correct" | "good_step" => Some(json!(true)),
                "bad" | "wrong" | "incorrect" | "bad_step" => Some(json!(false)),
                _ => None,
            });
            match label {
                Some(label) => steps.push((turn, label)),
                None => self.lose("no_reward", "a label of a turn that is neither good nor bad, nor a number"),
            }
        }
        steps.sort_by_key(|(turn, _)| *turn);
        let labels = steps.len();
        steps.dedup_by_key(|(turn, _)| *turn);
        let message = "of several labels of a turn the first is written";
        self.losses.add_some("more_labels", message, self.key, labels - steps.len());
        let turns: Vec<&Message> = self.conversation.turns().map(|(message, _)| message).collect();
        let text = |turn: u32| turns.get(turn as usize).map(|message| message.text()).unwrap_or_default();
        let Some((first, _)) = steps.first() else {
            self.lose("no_steps", "an answer that labels no turn makes no line here");
            return None;
        };
        let prompt: Vec<&Message> = turns.iter().copied().take(*first as usize).collect();
        let completions: Vec<String> = steps.iter().map(|(turn, _)| text(*turn)).collect();
        let labels: Vec<&Json> = steps.iter().map(|(_, label)| label).collect();
        let prompt = prompt.iter().map(|message| format!("{}: {}", message.role.as_str(), message.text()));
        let prompt = prompt.collect::<Vec<_>>().join("\n\n");
        Some(line([("prompt", json!(prompt)), ("completions", json!(completions)), ("labels", json!(labels))]))
    }
}
