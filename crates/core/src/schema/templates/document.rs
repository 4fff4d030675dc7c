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
    "document_kinds": "Kinds of documents", "What kind of document is it, and is it complete?",
        ["classification", "documents"],
        "Judge by the first page. A document with several parts is what its first part is.";
}
