//! Several kinds of data in one task.

use super::Template;

templates! {
    "panes":
    "phrase_grounding": "Pictures and captions", "Which words of a caption mean which thing in the picture.",
        ["caption", "grounding", "relations"],
        "Draw a box around each thing that the caption speaks of, mark the words for it, and join the two. What the picture does not show gets no box.";
    "visual_questions": "Questions about pictures", "Answer a question about a picture and show what it rests on.",
        ["caption", "question"],
        "Answer from the picture alone. Draw a box around what one must see to know the answer; without it the question cannot be answered.";
    "change_detection": "Before and after", "What has come, gone or changed between two pictures.",
        ["change", "comparison"],
        "Draw what is gone in the first picture and what is new in the second. What changed is drawn in both, and the two are joined.";
    "transcript_check": "Recordings and transcripts", "Does a transcript say what was said, and where does it not?",
        ["speech", "transcript"],
        "Mark the words that are wrong or too many, and the stretch of the recording where they are spoken. Spelling is no error.";
}
