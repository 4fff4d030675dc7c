//! The input, piece by piece: the reader stops at each one until the next is wanted.
//!
//! Readers push and writers pull, so that one of them has to be a coroutine. A thread could be one too, and ends sooner
//! where a core is idle; but what one core has read another has to fetch from its cache and give back to its allocator,
//! which costs CPU.

use crate::files::Input;
use corosensei::{CoroutineResult, ScopedCoroutine, ScopedCoroutineRef, Yielder, stack::DefaultStack};
use labelwright_formats::{
    DirectoryView, ExportItem, Format, Found, FoundSchema, Next, RecordError, Settings, Stop, item_of,
};

pub enum Piece {
    Schema(Box<FoundSchema>),
    Item(Box<ExportItem>),
    Problem(RecordError),
    End(RecordError),
}

/// As much as a thread's: readers go down into what is nested.
const STACK_BYTES: usize = 4 << 20;

/// What is read, as it is asked for.
pub struct Pieces<'a> {
    reader: ScopedCoroutineRef<'a, Next, Piece, (), DefaultStack>,
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if self.reader.done() {
            return None;
        }
        match self.reader.resume(Next::GoOn) {
            CoroutineResult::Yield(piece) => Some(piece),
            CoroutineResult::Return(()) => None,
        }
    }
}

/// Reads the input; `with` takes as many pieces as it wants.
///
/// # Errors
/// When there is no memory for a stack.
pub fn pieces<T>(
    from: &Format,
    input: &Input,
    settings: &Settings,
    with: impl FnOnce(&mut Pieces<'_>) -> T,
) -> Result<T, String> {
    let stack = DefaultStack::new(STACK_BYTES).map_err(|error| format!("no memory for reading: {error}"))?;
    let reader = ScopedCoroutine::with_stack(stack, |yielder: &Yielder<Next, Piece>, _| {
        if let Err(error) = read(from, input, settings, yielder) {
            yielder.suspend(Piece::End(error));
        }
    });
    Ok(reader.scope(|reader| {
        let mut pieces = Pieces { reader };
        let result = with(&mut pieces);
        // A reader that is in the middle stops by itself.
        while pieces.reader.started() && !pieces.reader.done() {
            pieces.reader.resume(Next::Stop);
        }
        result
    }))
}

fn read(from: &Format, input: &Input, settings: &Settings, yielder: &Yielder<Next, Piece>) -> Result<(), RecordError> {
    let end = |message: String| RecordError::new("", "unreadable", message);
    let view = input.open().map_err(end)?;
    let view: &dyn DirectoryView = &*view;
    let read = from.read.ok_or_else(|| end("the format cannot be read".into()))?;
    let outcome = read(view, settings, &mut |found| {
        yielder.suspend(match found {
            Found::Schema(schema) => Piece::Schema(schema),
            Found::Problem(error) => Piece::Problem(error),
            Found::Record(mut record) => {
                let place = std::mem::take(&mut record.place);
                match item_of(*record, view) {
                    Some(item) => Piece::Item(Box::new(item)),
                    None => Piece::Problem(RecordError::new(
                        place,
                        "address",
                        "the data of this item is an address: import it into a project instead",
                    )),
                }
            }
        })
    });
    match outcome {
        Err(Stop::Unreadable(error)) => Err(error),
        _ => Ok(()),
    }
}
