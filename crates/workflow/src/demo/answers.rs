//! Questions with two answers for the comparison project. Which model made an answer decides how often it is right, so
//! that the board has something to find; what the answers say is put together here.

use labelwright_core::dialogue::{Conversation, Message, Response, Speaker};
use labelwright_generate::demo::dice::Dice;

pub struct Compared {
    pub conversation: Conversation,
    /// Id of the option that is right.
    pub better: &'static str,
    /// How clearly; None without a better one.
    pub by: Option<&'static str>,
}

/// Names, and how good they are: a quality drawn for an answer is this and up to one more.
const MODELS: [(&str, f64); 4] = [("aurora-large", 1.9), ("aurora-small", 1.2), ("basalt-2", 1.5), ("cedar-mini", 0.5)];

struct Question {
    asked: String,
    right: String,
    wrong: String,
    working: String,
}

const ITEMS: [&str; 6] = ["notebooks", "bicycle bells", "seedlings", "light bulbs", "tea cups", "brushes"];

fn question(dice: &mut Dice) -> Question {
    let item = dice.pick(&ITEMS);
    let (count, price) = (3 + dice.below(40), 2 + dice.below(18));
    match dice.below(4) {
        0 => Question {
            asked: format!("How much do {count} {item} cost at {price} euros each?"),
            right: format!("**{} euros**", count * price),
            wrong: format!("**{} euros**", count * price + 10),
            working: format!("Multiply the number by the price: {count} × {price} = {}.", count * price),
        },
        1 => Question {
            asked: format!("A shop packs {item} in boxes of {price}. How many boxes are needed for {count}?"),
            right: format!("**{} boxes**", count.div_ceil(price)),
            wrong: format!("**{} boxes**", count / price + 3),
            working: format!("Divide and round up, because the last box may be half empty: {count} / {price}."),
        },
        2 => Question {
            asked: format!("A train leaves at 9:{:02} and takes {count} minutes. When does it arrive?", price),
            right: format!("At **{}:{:02}**", 9 + (price + count) / 60, (price + count) % 60),
            wrong: format!("At **{}:{:02}**", 10 + (price + count) / 60, (price + count) % 60),
            working: "Add the minutes to those of the departure; from 60 on the hour goes up by one.".to_owned(),
        },
        _ => Question {
            asked: format!("I have {count} {item} and give {} away each day. How long do they last?", 1 + price % 3),
            right: format!("**{} days**", count.div_ceil(1 + price % 3)),
            wrong: format!("**{} days**", count * (1 + price % 3) + 5),
            working: format!("Divide what is there by what goes each day: {count} / {}.", 1 + price % 3),
        },
    }
}

/// 0 wrong, 1 right and bare, 2 right with its working.
fn say(question: &Question, quality: usize, dice: &mut Dice) -> String {
    let start = dice.pick(&["", "Sure! ", "Good question. "]);
    match quality {
        0 => format!("{start}It is {}. I am quite certain of that.", question.wrong.replace("At ", "at ")),
        1 => format!("{start}It is {}.", question.right.replace("At ", "at ")),
        _ => format!("{start}{}\n\nSo the answer is {}.", question.working, question.right.replace("At ", "at ")),
    }
}

pub fn write(index: u64) -> Compared {
    let mut dice = Dice::new("answers", index);
    let question = question(&mut dice);
    let first = dice.below(MODELS.len());
    let second = (first + 1 + dice.below(MODELS.len() - 1)) % MODELS.len();
    let mut qualities = [0; 2];
    let responses = [first, second].into_iter().zip(&mut qualities).filter_map(|(model, quality)| {
        let (name, skill) = MODELS.get(model)?;
        *quality = (skill + dice.between(-0.9, 1.0)).clamp(0.0, 2.9) as usize;
        let said = Message::of(Speaker::Assistant, say(&question, *quality, &mut dice));
        Some(Response { model: Some((*name).to_owned()), messages: vec![said] })
    });
    let responses: Vec<Response> = responses.collect();
    let messages = vec![Message::of(Speaker::User, question.asked.clone())];
    let [one, other] = qualities;
    let better = match one.cmp(&other) {
        std::cmp::Ordering::Greater => "first",
        std::cmp::Ordering::Less => "second",
        std::cmp::Ordering::Equal if one == 0 => "both_bad",
        std::cmp::Ordering::Equal => "equal",
    };
    let by = match one.abs_diff(other) {
        0 => None,
        1 if one.min(other) > 0 => Some("slightly"),
        1 => Some("clearly"),
        _ => Some("by_far"),
    };
    Compared { conversation: Conversation { messages, responses }, better, by }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Dice, question, write};
    use labelwright_core::dialogue::Conversation;

    #[test]
    fn what_is_wrong_is_not_right() {
        for index in 0..2000 {
            let asked = question(&mut Dice::new("answers", index));
            assert_ne!(asked.right, asked.wrong, "{}", asked.asked);
        }
    }

    #[test]
    fn every_verdict_occurs_and_the_same_conversation_comes_again() {
        let mut seen = std::collections::BTreeSet::new();
        for index in 0..200 {
            let one = write(index);
            assert_eq!(one.by.is_some(), ["first", "second"].contains(&one.better));
            let text = one.conversation.canonical_json();
            assert_eq!(Conversation::stored(&text).unwrap(), one.conversation);
            assert_eq!(write(index).conversation, one.conversation);
            seen.insert(one.better);
        }
        assert_eq!(seen.len(), 4);
    }
}
