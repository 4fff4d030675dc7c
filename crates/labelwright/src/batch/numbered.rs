//! Ids are mostly one word with a number behind it ("task17"): those are found by the number, with no search at all.

/// Numbers of strings by the number at their end.
#[derive(Debug, Clone, Default)]
pub struct Numbered {
    /// The word of the first string that had a number.
    word: Option<Vec<u8>>,
    /// For each number the string's id + 1; 0 for none.
    ids: Vec<u32>,
    count: usize,
}

/// Greater numbers are searched like any string.
const MOST: u32 = 1 << 26;

/// The number that the digits write, if they write it the way it is always written.
#[inline]
fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 8 || (digits.len() > 1 && digits.first() == Some(&b'0')) {
        return None;
    }
    let mut number = 0;
    for digit in digits {
        let value = digit.wrapping_sub(b'0');
        if value > 9 {
            return None;
        }
        number = number * 10 + u32::from(value);
    }
    (number < MOST).then_some(number)
}

impl Numbered {
    /// The number if the string belongs here. The first string that has one decides about the word.
    #[inline]
    pub fn look(&mut self, text: &[u8]) -> Option<u32> {
        if self.word.is_none() {
            let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
            let (word, digits) = text.split_at(text.len() - digits);
            number(digits)?;
            self.word = Some(word.to_vec());
        }
        self.number(text)
    }

    /// The number if the string belongs here.
    #[inline]
    pub fn number(&self, text: &[u8]) -> Option<u32> {
        let word = self.word.as_deref()?;
        let (start, digits) = text.split_at_checked(word.len())?;
        // Words are short: a call for the comparison would take longer.
        let same = start.iter().zip(word).all(|(one, other)| one == other);
        if same { number(digits) } else { None }
    }

    /// The string that has the number.
    pub fn write(&self, number: u32, out: &mut Vec<u8>) {
        out.extend_from_slice(self.word.as_deref().unwrap_or_default());
        out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }

    /// Makes room for the numbers up to so many, if there is any.
    pub fn reserve(&mut self, numbers: usize) {
        let numbers = numbers.min(MOST as usize);
        if self.ids.len() < numbers {
            self.widen(numbers);
        }
    }

    /// Fresh zeros: what is never touched takes no memory.
    fn widen(&mut self, numbers: usize) {
        let mut wider = vec![0; numbers.next_power_of_two().max(1024)];
        if let Some(old) = wider.get_mut(..self.ids.len()) {
            old.copy_from_slice(&self.ids);
        }
        self.ids = wider;
    }

    pub fn set(&mut self, number: u32, id: u32) {
        let number = number as usize;
        if number >= self.ids.len() {
            self.widen(number + 1);
        }
        if let Some(place) = self.ids.get_mut(number) {
            self.count += usize::from(*place == 0);
            *place = id + 1;
        }
    }

    #[inline]
    pub fn get(&self, number: u32) -> Option<u32> {
        self.ids.get(number as usize).copied().unwrap_or(0).checked_sub(1)
    }

    /// How many strings are here.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Their ids by number.
    pub fn in_order(&self) -> impl Iterator<Item = u32> {
        self.ids.iter().filter_map(|id| id.checked_sub(1))
    }

    /// Gives every string its new id.
    pub fn renumber(&mut self, new_of: &[u32]) {
        for id in &mut self.ids {
            let new = id.checked_sub(1).and_then(|id| new_of.get(id as usize));
            *id = new.map_or(0, |new| new + 1);
        }
    }
}
