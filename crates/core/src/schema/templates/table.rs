//! Rows of tables.

use super::Template;

templates! {
    "table":
    "record_matching": "Same or not", "Do two records mean the same thing?",
        ["comparison", "records"],
        "Different spelling is no difference, a different number usually is. If a column that decides is empty, say Cannot tell.";
    "data_cleaning": "Errors in tables", "Wrong, missing and doubtful cells of a record.",
        ["cells", "records"],
        "Mark the cell that is wrong, not the one that shows it. Give the right value where you know it.";
    "record_categories": "Records into categories", "One category for each row of a table.",
        ["classification", "records"],
        "Read the whole row. Choose the most exact category that surely fits.";
}
