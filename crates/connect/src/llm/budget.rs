//! What asking may cost. Room for the worst is taken before a question is sent; what it cost in the end is counted.

/// Four characters are about a token: for estimates and for interfaces that do not say.
pub fn tokens(chars: u64) -> u64 {
    chars.div_ceil(4)
}

/// What may be spent, and prices of a million tokens in any currency.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limits {
    pub most_tokens: Option<u64>,
    pub most_cost: Option<f64>,
    pub price_prompt: f64,
    pub price_completion: f64,
}

impl Limits {
    /// What so many tokens cost, of questions and of answers.
    pub fn cost(&self, prompt: u64, completion: u64) -> f64 {
        (prompt as f64 * self.price_prompt + completion as f64 * self.price_completion) / 1e6
    }
}

pub struct Budget {
    limits: Limits,
    spent: Spent,
    reserved: [u64; 2],
}

/// What was spent.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spent {
    pub requests: u64,
    /// Answers that were on the disk already.
    pub kept: u64,
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
    pub cost: f64,
}

/// Room that was taken.
pub struct Room([u64; 2]);

impl Budget {
    pub fn new(limits: Limits) -> Self {
        Self { limits, spent: Spent::default(), reserved: [0; 2] }
    }

    pub fn spent(&self) -> Spent {
        let Spent { prompt_tokens, completion_tokens, .. } = self.spent;
        Spent { cost: self.limits.cost(prompt_tokens, completion_tokens), ..self.spent }
    }

    pub fn kept(&mut self) {
        self.spent.kept += 1;
    }

    /// Room for a question and the longest answer; None where there is none.
    pub fn reserve(&mut self, prompt: u64, completion: u64) -> Option<Room> {
        let all = [
            self.spent.prompt_tokens + self.reserved[0] + prompt,
            self.spent.completion_tokens + self.reserved[1] + completion,
        ];
        let too_many = self.limits.most_tokens.is_some_and(|most| all[0] + all[1] > most);
        let too_dear = self.limits.most_cost.is_some_and(|most| self.limits.cost(all[0], all[1]) > most);
        if too_many || too_dear {
            return None;
        }
        self.reserved = [self.reserved[0] + prompt, self.reserved[1] + completion];
        Some(Room([prompt, completion]))
    }

    /// Gives room back, and counts what was spent, if anything.
    pub fn settle(&mut self, Room(room): Room, spent: Option<(u64, u64)>) {
        self.reserved = [0, 1].map(|at| self.reserved[at].saturating_sub(room[at]));
        self.spent.requests += 1;
        let (prompt, completion) = spent.unwrap_or_default();
        self.spent.prompt_tokens = self.spent.prompt_tokens.saturating_add(prompt);
        self.spent.completion_tokens = self.spent.completion_tokens.saturating_add(completion);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn room_is_taken_before_and_given_back_after() {
        let mut budget = Budget::new(Limits { most_tokens: Some(100), ..Limits::default() });
        let first = budget.reserve(20, 40).unwrap();
        assert!(budget.reserve(20, 21).is_none(), "the first may still need all of its room");
        budget.settle(first, Some((20, 10)));
        assert!(budget.reserve(20, 50).is_some());
        let prices = Limits { most_cost: Some(0.001), price_prompt: 1.0, price_completion: 10.0, ..Limits::default() };
        let mut dear = Budget::new(prices);
        assert!(dear.reserve(0, 101).is_none());
        let room = dear.reserve(0, 100).unwrap();
        dear.settle(room, Some((100, 50)));
        assert!((dear.spent().cost - 0.0006).abs() < 1e-12);
    }
}
