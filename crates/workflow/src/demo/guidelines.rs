//! The guidelines of the demo projects: what a manager would write for people who see the data for the first time.

pub const STREET: &str = "# Street scenes\n\nDraw a box around **every** car, truck, person and bicycle.\n\n\
- The box touches the outermost pixels, wheels included, shadow not.\n- Tick *Occluded* when something hides a part.\n\
- A thing that you cannot tell at 200 % is left out.\n";

pub const PLATE: &str = "# Surface inspection\n\nLook for a **scratch** (thin line), a **dent** (round hollow) or a **stain** (brown).\n\n\
The brush lines of the metal are not scratches. Severity 1 is barely visible, 5 jumps at you.\n";

pub const OPINION: &str = "# Review sentiment\n\nJudge the *whole* review, not its last sentence. Mark everything it talks about.\n\n\
| review | sentiment |\n|---|---|\n| It does what it should, no more. | neutral |\n| Never again. | negative |\n";

pub const NEWS: &str = "# Names in the news\n\nMark the name **without** article, title or preposition: *the* [River Trust], on [Monday].\n\n\
Draw *works for* from a person to the organisation that the text says they work for.\n";

pub const CALLS: &str = "# Service calls\n\nOne region for each turn: from the first sound of a speaker to the last, **without** the pause behind it.\n\n\
- Speaker 1 calls, speaker 2 answers. Write their words as they are said.\n- A knock is a noise; hiss over the whole line is none, but makes the recording *noisy*.\n";

pub const ANSWERS: &str = "# Which answer is better\n\nRead **both** to the end and check the sum yourself.\n\n\
1. Right comes before everything: a wrong answer never wins.\n2. Of two right ones, that with its working is better.\n\
3. Longer is not better. Two wrong ones are *both bad*.\n\nThe models' names are hidden, and who labels next sees the answers in another order.\n";

pub const SENSORS: &str = "# Pump sensors\n\nMark **from where to where** something is not normal; a stroke on the pipe is a *spike*: one click on its top.\n\n\
- The slow wave of the day is normal.\n- A gap in the lines is no anomaly: mark it as a *gap*.\n- Write the cause if you can tell it.\n";

pub const INVOICES: &str = "# Invoices\n\nMark the **value**, not the word before it: *Total EUR* [42.00].\n\n\
- Words are marked by dragging over them; a row of the table is a box around the whole row.\n\
- What the reader has read stands beside the mark: correct it where it is wrong.\n- A long invoice has a second page, and the total stands there.\n";
pub const SCANS: &str = "# CT phantom\n\nOutline **liver, spleen, kidneys** and **lesions** on every slice in which they can be seen.\n\n\
- Look in the window of the file first; lesions are darker than the liver around them.\n- Draw the first and the last slice of an organ and some between, then fill the slices between them and correct.\n\
- A lesion is no part of the liver: its mask lies in a hole of the liver's.\n";
