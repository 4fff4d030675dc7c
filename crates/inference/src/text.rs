//! Sentence encoders: a text becomes tokens, tokens become vectors, their mean becomes one vector of length 1 (Reimers and
//! Gurevych 2019).

use crate::{
    ModelError,
    model::{Draft, Input, Model, Numbers, listed},
};
use tokenizers::{Tokenizer, TruncationParams};
use tract_onnx::prelude::*;

/// Tokens of a text beyond these are left out, unless the model says less.
pub const TOKENS_MAXIMUM: usize = 512;
/// Texts that are looked at when the model is opened: they differ in words and in length.
const PROBES: [&str; 2] = ["a small red house near the sea", "stock prices fell"];

const IDS: &str = "input_ids";
const MASK: &str = "attention_mask";
const KINDS: &str = "token_type_ids";
const PLACES: &str = "position_ids";
const KNOWN: [&str; 4] = [IDS, MASK, KINDS, PLACES];
/// Outputs that are one vector a text already, or the tokens' vectors, best first.
const OUTPUTS: [&str; 4] = ["sentence_embedding", "text_embeds", "last_hidden_state", "token_embeddings"];

pub struct TextEncoder {
    model: Model,
    inputs: Vec<Input>,
    tokeniser: Tokenizer,
    padding: u32,
    /// Where the file fixes how many tokens there are.
    fixed: Option<usize>,
    /// What is worth telling of the model.
    pub notes: Vec<String>,
}

/// Texts of one batch as tokens: rows x length.
struct Tokens {
    rows: usize,
    length: usize,
    ids: Vec<i64>,
    mask: Vec<i64>,
    kinds: Vec<i64>,
}

impl TextEncoder {
    /// `tokeniser` is a `tokenizer.json`. `most` tokens of a text count; None for what the tokeniser says.
    ///
    /// # Errors
    /// A model that cannot be run, is no sentence encoder, or does not do what it says.
    pub fn open(model: &[u8], tokeniser: &[u8], most: Option<usize>) -> Result<Self, ModelError> {
        let mut tokeniser =
            Tokenizer::from_bytes(tokeniser).map_err(|error| ModelError::Tokeniser(error.to_string()))?;
        let draft = Draft::read(model)?;
        let inputs = draft.inputs.clone();
        check_inputs(&inputs)?;
        let fixed = inputs.iter().find_map(|input| input.sizes.get(1).copied().flatten());
        let told = tokeniser.get_truncation().map(|truncation| truncation.max_length);
        let most = fixed.into_iter().chain([most.or(told).unwrap_or(TOKENS_MAXIMUM), TOKENS_MAXIMUM]).min();
        let truncation = TruncationParams { max_length: most.unwrap_or(TOKENS_MAXIMUM), ..TruncationParams::default() };
        let padding = tokeniser.get_padding().map_or(0, |padding| padding.pad_id);
        tokeniser.with_padding(None);
        tokeniser.with_truncation(Some(truncation)).map_err(|error| ModelError::Tokeniser(error.to_string()))?;
        let output = draft.output(&OUTPUTS);
        let model = draft.planned(output, &[None])?;
        let mut encoder = Self { model, inputs, tokeniser, padding, fixed, notes: Vec::new() };
        encoder.probe()?;
        Ok(encoder)
    }

    /// Does each input matter? A mask that changes nothing is not connected, and its texts all mean their padding.
    fn probe(&mut self) -> Result<(), ModelError> {
        let whole = self.tokens(&PROBES)?;
        let base = self.run(&whole)?;
        let differs = |other: &Numbers| base.values.iter().zip(&other.values).any(|(a, b)| a != b);
        if !self.has(MASK) {
            self.notes.push("the model takes no attention_mask: padding may count as words".into());
        }
        for name in [IDS, MASK, KINDS] {
            if !self.has(name) {
                continue;
            }
            let mut changed = self.tokens(&PROBES)?;
            match name {
                IDS => {
                    let words = self.tokeniser.get_vocab_size(true).max(1) as i64;
                    changed.ids.iter_mut().for_each(|id| *id = (*id + 1) % words);
                }
                // Half of the tokens of each text are hidden.
                MASK => changed.mask.chunks_exact_mut(changed.length).for_each(|row| {
                    row.iter_mut().skip(1).step_by(2).for_each(|value| *value = 0);
                }),
                _ => changed.kinds.iter_mut().for_each(|value| *value = 1),
            }
            if differs(&self.run(&changed)?) {
                continue;
            }
            if name == KINDS {
                self.notes.push(format!("the input {name} changes nothing"));
                continue;
            }
            return Err(ModelError::Inputs {
                found: listed(&self.inputs),
                wanted: format!(
                    "{name} changes nothing in the output: the export is wrong, or two inputs were mixed up"
                ),
            });
        }
        Ok(())
    }

    fn has(&self, name: &str) -> bool {
        self.inputs.iter().any(|input| input.name == name)
    }

    /// Texts as tokens, padded to the longest of them (or to what the model fixes).
    fn tokens(&self, texts: &[&str]) -> Result<Tokens, ModelError> {
        let found = self.tokeniser.encode_batch(texts.to_vec(), true);
        let found = found.map_err(|error| ModelError::Tokeniser(error.to_string()))?;
        let longest = found.iter().map(|one| one.get_ids().len()).max().unwrap_or(0).max(1);
        let length = self.fixed.unwrap_or(longest);
        let mut tokens = Tokens { rows: texts.len(), length, ids: Vec::new(), mask: Vec::new(), kinds: Vec::new() };
        for one in &found {
            let padded = |values: &[u32], with: u32| -> Vec<i64> {
                values.iter().copied().chain(std::iter::repeat(with)).take(length).map(i64::from).collect()
            };
            tokens.ids.extend(padded(one.get_ids(), self.padding));
            tokens.mask.extend(padded(one.get_attention_mask(), 0));
            tokens.kinds.extend(padded(one.get_type_ids(), 0));
        }
        Ok(tokens)
    }

    fn run(&self, tokens: &Tokens) -> Result<Numbers, ModelError> {
        let shape = [tokens.rows, tokens.length];
        let places: Vec<i64> = (0..tokens.rows).flat_map(|_| 0..tokens.length as i64).collect();
        let mut given = Vec::new();
        for input in &self.inputs {
            let values = match input.name.as_str() {
                IDS => &tokens.ids,
                MASK => &tokens.mask,
                KINDS => &tokens.kinds,
                _ => &places,
            };
            let tensor = Tensor::from_shape(&shape, values)
                .and_then(|tensor| Ok(tensor.cast_to_dt(input.kind)?.into_owned()))
                .map_err(|error| ModelError::Runtime(format!("{error:#}")))?;
            given.push(tensor);
        }
        self.model.run(given, tokens.rows, tokens.length)
    }

    /// A vector of length 1 for each text.
    pub fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ModelError> {
        // Texts of one length go together: padding is work for nothing.
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(texts.get(*at).map_or(0, String::len)));
        let mut vectors = vec![Vec::new(); texts.len()];
        let mut left = order.as_slice();
        while let Some(first) = left.first() {
            let longest = self.tokens(&[texts.get(*first).map_or("", String::as_str)])?.length;
            let (own, rest) = left.split_at(self.model.batch(longest)?.min(left.len()));
            left = rest;
            let mut batch: Vec<&str> = own.iter().filter_map(|at| texts.get(*at).map(String::as_str)).collect();
            if let Some(fixed) = self.model.fixed_batch() {
                batch.resize(fixed, "");
            }
            let tokens = self.tokens(&batch)?;
            let found = self.run(&tokens)?;
            for (place, vector) in own.iter().zip(pooled(&found, &tokens.mask, tokens.length)?) {
                if let Some(to) = vectors.get_mut(*place) {
                    *to = vector;
                }
            }
        }
        Ok(vectors)
    }
}

fn check_inputs(inputs: &[Input]) -> Result<(), ModelError> {
    let whole = |input: &Input| matches!(input.kind, DatumType::I64 | DatumType::I32);
    let fits = |input: &Input| KNOWN.contains(&input.name.as_str()) && whole(input) && input.sizes.len() == 2;
    if inputs.iter().all(fits) && inputs.iter().any(|input| input.name == IDS) {
        return Ok(());
    }
    Err(ModelError::Inputs {
        found: listed(inputs),
        wanted: format!("an encoder of texts takes whole numbers of two sizes, {IDS} among {}", KNOWN.join(", ")),
    })
}

/// One vector a row: as it is, or the mean of the tokens that count.
fn pooled(found: &Numbers, mask: &[i64], length: usize) -> Result<Vec<Vec<f32>>, ModelError> {
    let mut vectors: Vec<Vec<f32>> = match found.sizes.as_slice() {
        [_, width] if *width > 0 => found.values.chunks_exact(*width).map(<[f32]>::to_vec).collect(),
        [_, tokens, width] if *tokens == length && *width > 0 => found
            .values
            .chunks_exact(tokens * width)
            .zip(mask.chunks_exact(length))
            .map(|(row, mask)| {
                let mut sum = vec![0.0; *width];
                for (token, _) in row.chunks_exact(*width).zip(mask).filter(|(_, counts)| **counts != 0) {
                    sum.iter_mut().zip(token).for_each(|(sum, value)| *sum += value);
                }
                sum
            })
            .collect(),
        other => {
            return Err(ModelError::Output(format!(
                "is {other:?}; an encoder of texts gives rows x numbers, or rows x {length} tokens x numbers"
            )));
        }
    };
    for vector in &mut vectors {
        let norm = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        if norm > 0.0 {
            vector.iter_mut().for_each(|value| *value /= norm);
        }
    }
    Ok(vectors)
}
