//! Recordings.

use super::Template;

templates! {
    "audio":
    "transcription": "Speech transcription", "What was said, by whom and when.",
        ["intervals", "speech"],
        "Write what is said, with its mistakes but without ums. A new interval begins with each speaker.";
    "sound_events": "Sound events", "What is heard from when to when.",
        ["intervals", "sounds"],
        "Begin at the first moment that the sound is heard, end where it has faded. Sounds may overlap.";
    "voice": "Voice and emotion", "How a short recording sounds.",
        ["classification", "speech"],
        "Listen to the voice, not to the words. If two feelings mix, choose the stronger one.";
}
