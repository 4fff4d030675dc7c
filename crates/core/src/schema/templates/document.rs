//! Pages of documents.

use super::Template;

templates! {
    "document":
    "document_layout": "Document layout", "Blocks of a page: titles, text, tables, figures.",
        ["boxes", "documents", "reading"],
        "Blocks do not overlap. A caption is a block of its own, joined to its figure or table.";
    "invoice": "Invoices", "Amounts, dates and parties of an invoice.",
        ["boxes", "documents", "extraction"],
        "Mark the value, not the word before it. Type it as it is printed.";
    "form_understanding": "Forms", "Questions, answers and headers of a form, and what belongs together.",
        ["words", "boxes", "relations", "documents", "extraction"],
        "Mark the whole question and the whole answer. Join each answer to its question; an empty answer has nothing to mark.";
    "receipt_ocr": "Text of receipts", "Boxes around lines of a receipt, with what stands in them.",
        ["boxes", "transcription", "documents", "reading"],
        "One box a line. Correct what the reader misread; write as it is printed, and ? for what nobody can read.";
    "contract_clauses": "Clauses of contracts", "Parties, dates, amounts and clauses of a contract.",
        ["words", "documents", "extraction", "law"],
        "Mark a clause from its number to its last full stop, also over the end of a page. Parties are marked where they are named first.";
    "document_kinds": "Kinds of documents", "What kind of document is it, and is it complete?",
        ["classification", "documents"],
        "Judge by the first page. A document with several parts is what its first part is.";
}
