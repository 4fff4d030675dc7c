//! Texts: classes, spans, relations and judgements.

use super::Template;

templates! {
    "text":
    "text_classification": "Text classification", "Topics of a text, one or several.",
        ["classification", "news"],
        "Pick what the text is about, not what it mentions in passing. Other is only for texts that fit nowhere.";
    "sentiment": "Sentiment", "How somebody feels about something, and about what.",
        ["classification", "reviews"],
        "Judge the writer's feeling, not your own. Mixed texts are neutral only when both sides weigh the same.";
    "aspects": "Aspects and opinions", "What is talked about, what is said, and how it is meant.",
        ["spans", "relations", "reviews"],
        "Mark the aspect and the opinion as short as possible, then join them. An opinion without a named aspect stays alone.";
    "toxicity": "Toxic language", "Is a text hurtful, how much, and which words are.",
        ["safety", "classification", "spans"],
        "A quotation or a report of an insult is not toxic. Mark only the words that hurt.";
    "intent_slots": "Intents and slots", "What a user wants, and the details of it.",
        ["spans", "classification", "assistants"],
        "Choose the intent of the whole sentence. Slots have no prepositions and no articles.";
    "named_entities": "Named entities and relations", "Names in a text, and who works where.",
        ["spans", "relations", "names"],
        "Mark each name as it stands, without titles and articles. Join two names only when the text itself says how they belong together.";
    "relations": "Events and who took part", "What happened, who did it, where and when.",
        ["spans", "relations", "events"],
        "Mark the one word that names the event, then join everybody and everything that the text says took part.";
    "coreference": "Coreference", "Which words speak of the same person or thing.",
        ["spans", "relations", "linguistics"],
        "Mark every mention, pronouns too, and add it to the chain of what it speaks of. A thing that is mentioned once is no chain.";
    "parts_of_speech": "Parts of speech", "The word class of each word, after Universal Dependencies.",
        ["spans", "linguistics"],
        "Every word gets exactly one class; decide by how the word is used in this sentence.";
    "personal_data": "Personal data", "What must be blacked out before a text is shared.",
        ["spans", "privacy"],
        "Mark whatever could lead to a living person, alone or together with the rest. In doubt mark it.";
    "resume": "Resumes", "Education, work and skills of an applicant.",
        ["spans", "relations", "documents"],
        "Mark each fact once, where it is told most fully, and join employer and period to the position.";
    "contracts": "Contracts", "Clauses of a contract, with their risk.",
        ["spans", "documents", "law"],
        "Mark whole sentences. A clause that belongs to two classes is marked twice.";
    "answer_spans": "Question answering", "The words of a text that answer a question.",
        ["spans", "questions"],
        "Mark the shortest words that answer the question in full. If the text does not answer it, say so.";
    "summaries": "Summary rating", "How good is a summary of the text above it?",
        ["rating", "generation"],
        "Read the text before the summary. A summary with one false statement cannot have more than 2 for being true.";
    "translation": "Translation quality", "Errors of a translation, after MQM.",
        ["spans", "rating", "translation"],
        "Mark each error as short as possible and say how bad it is. At most five errors a segment; if there are more, mark the five worst.";
    "inference": "Entailment", "Does the second sentence follow from the first?",
        ["classification", "reasoning"],
        "Use only what the first sentence says and what everybody knows.";
    "search_relevance": "Search relevance", "How well a result fits what was searched for.",
        ["rating", "search"],
        "Think of what most people mean by these words. The look of the page does not matter.";
    "claims": "Claims and evidence", "What is claimed, and what speaks for or against it.",
        ["spans", "relations", "reasoning"],
        "A claim can be true or false; an opinion is none. Join every piece of evidence to its claim.";
}
