//! Every limit on what comes from outside, in one place. A limit is the largest size that is accepted.

/// Limits on one answer and one schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Regions in one answer.
    pub regions: usize,
    /// Relations in one answer.
    pub relations: usize,
    /// Vertices in one region, over all its rings.
    pub points: usize,
    /// Runs in one mask.
    pub mask_runs: usize,
    /// Characters in one text value.
    pub text_chars: usize,
    /// Values in one list.
    pub list_values: usize,
    /// Fields, classes, options, attributes or relation types in one list of a schema.
    pub schema_entries: usize,
    /// Turns of one conversation, those of its responses included.
    pub turns: usize,
    /// Responses of one conversation.
    pub responses: usize,
    /// Bytes of a schema document, an answer, or any other JSON body.
    pub json_bytes: usize,
}

impl Limits {
    pub const DEFAULT: Self = Self {
        regions: 20_000,
        relations: 20_000,
        points: 100_000,
        mask_runs: 2_000_000,
        text_chars: 100_000,
        list_values: 1_000,
        schema_entries: 5_000,
        turns: 10_000,
        responses: 100,
        json_bytes: 32 * 1024 * 1024,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
