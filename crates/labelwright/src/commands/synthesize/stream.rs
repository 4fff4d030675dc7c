//! Items as a writer asks for them: a batch is made, on all cores where that helps, and handed over one by one.

use crate::{batch::beats::Beats, commands::augment::made::Made};
use labelwright_core::{LabelSchema, numeric::in_chunks};
use labelwright_formats::ExportItem;
use std::{collections::VecDeque, ops::Range};

/// Items that one worker makes before it takes the next ones.
const UNIT: usize = 8;

/// How items of one kind are made.
pub struct Maker<'a> {
    pub schema: LabelSchema,
    /// Items that are in memory at a time.
    pub batch: usize,
    /// Makes those with these numbers, from 1; fewer where there is nothing to make them of.
    pub make: Box<Make<'a>>,
}

type Make<'a> = dyn FnMut(Range<usize>) -> Result<Vec<ExportItem>, String> + 'a;

/// A maker of items that do not depend on each other.
pub fn each<'a>(
    schema: LabelSchema,
    batch: usize,
    one: impl Fn(usize) -> Result<ExportItem, String> + Sync + 'a,
) -> Maker<'a> {
    let make = move |numbers: Range<usize>| {
        let made = in_chunks(numbers.len().div_ceil(UNIT), |unit| {
            let first = numbers.start + unit * UNIT;
            (first..(first + UNIT).min(numbers.end)).map(&one).collect::<Result<Vec<ExportItem>, String>>()
        });
        Ok(made.into_iter().collect::<Result<Vec<_>, String>>()?.into_iter().flatten().collect())
    };
    Maker { schema, batch, make: Box::new(make) }
}

pub struct Stream<'a> {
    maker: Maker<'a>,
    count: usize,
    next: usize,
    made: &'a Made,
    ready: VecDeque<ExportItem>,
    failed: Option<String>,
    pub items: u64,
    pub regions: u64,
    beats: Beats,
}

impl<'a> Stream<'a> {
    pub fn new(maker: Maker<'a>, count: usize, made: &'a Made, beats: Beats) -> Self {
        Self { maker, count, next: 1, made, ready: VecDeque::new(), failed: None, items: 0, regions: 0, beats }
    }

    /// What ended it before its end.
    pub fn end(&mut self) -> Result<(), String> {
        self.failed.take().map_or(Ok(()), Err)
    }

    fn fill(&mut self) -> Result<(), String> {
        let end = self.next.saturating_add(self.maker.batch).min(self.count + 1);
        let made = (self.maker.make)(self.next..end)?;
        self.next = if made.is_empty() { self.count + 1 } else { self.next + made.len() };
        for item in made {
            self.made.tell(&item).map_err(|error| error.to_string())?;
            self.ready.push_back(item);
        }
        Ok(())
    }
}

impl Iterator for Stream<'_> {
    type Item = ExportItem;

    fn next(&mut self) -> Option<ExportItem> {
        if self.ready.is_empty() && self.failed.is_none() && self.next <= self.count {
            self.failed = self.fill().err();
        }
        if self.failed.is_some() {
            return None;
        }
        let item = self.ready.pop_front()?;
        self.items += 1;
        self.beats.tell(self.items);
        self.regions += item.regions().count() as u64;
        Some(item)
    }
}
