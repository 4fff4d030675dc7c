//! Conversations and what models answer.

use super::Template;

templates! {
    "dialogue":
    "preference": "Which answer is better", "Two answers of a model: which one would you rather have?",
        ["comparison", "preference", "models"],
        "Read both to the end. Right comes before helpful, helpful before well written. Longer is not better.";
    "rubric": "Answer on a rubric", "Scores an answer by several measures.",
        ["rating", "models"],
        "Score each measure by itself: a wrong answer can still be clear. 3 is what you would expect.";
    "harmless": "Helpful and harmless", "Does the answer help, and can it do harm?",
        ["safety", "preference", "models"],
        "Judge the answer, not the request. A refusal of a harmless request is not helpful.";
    "ranking": "Answers in order", "Four answers of a model from best to worst.",
        ["ranking", "preference", "models"],
        "First find the best and the worst, then order the two between.";
    "best_of": "Best of four", "Which of several answers is the best one?",
        ["comparison", "preference", "models"],
        "Read all of them to the end before you pick. When none is good enough to send to somebody, say so.";
    "agent_trace": "Steps of an agent", "A reward for each step of an agent that uses tools.",
        ["classification", "models", "assistants"],
        "Judge each turn of the assistant by what it could know then. A detour that finds something out is a good step.";
    "factuality": "Facts in answers", "Checks each statement of an answer against sources.",
        ["spans", "safety", "models"],
        "Mark statements that can be checked, one by one. Look each up in at least one source that you can name.";
    "demonstration": "Demonstration", "The answer that a model should have given.",
        ["generation", "models"],
        "Write what an expert with time would answer. Say what you do not know. Do not copy from elsewhere.";
    "conversation": "Support conversations", "What a customer wants, and how it was solved.",
        ["classification", "spans", "assistants"],
        "Mark where the customer says what is wrong and where it is solved.";
}
