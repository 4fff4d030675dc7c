//! Recordings.

use super::Template;

templates! {
    "audio":
    "transcription": "Speech transcription", "What was said, by whom and when.",
        ["intervals", "speech"],
        "Write what is said, with its mistakes but without ums. A new interval begins with each speaker.";
    "speech_tiers": "Turns, utterances and words", "Tiers within tiers, as in ELAN: what is said, down to its words.",
        ["intervals", "speech", "linguistics"],
        "Draw the turns first, then the utterances in each. An utterance ends where the speaker pauses. Write its text before you divide it into words.";
    "sound_events": "Sound events", "What is heard from when to when.",
        ["intervals", "sounds"],
        "Begin at the first moment that the sound is heard, end where it has faded. Sounds may overlap.";
    "dictation": "Whole transcript", "What a recording says from its first to its last word.",
        ["transcription", "speech"],
        "Write every word as it was said, with full stops and commas. Put [unclear] where you cannot understand a word.";
    "clip_sounds": "Clip classification", "What a short clip sounds of, as a whole.",
        ["classification", "sounds"],
        "Listen to the end before you choose. Several sounds may be there: tick all that you hear, the loudest first.";
    "voice": "Voice and emotion", "How a short recording sounds.",
        ["classification", "speech"],
        "Listen to the voice, not to the words. If two feelings mix, choose the stronger one.";
}
