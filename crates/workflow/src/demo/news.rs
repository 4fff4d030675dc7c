//! Short news items for the named-entity project. Names are put into sentence patterns, so that every span and
//! every "works for" relation is known.

use labelwright_generate::demo::dice::Dice;

pub struct Mention {
    pub class: &'static str,
    /// Unicode scalar offsets, end exclusive.
    pub start: u32,
    pub end: u32,
}

pub struct Story {
    pub text: String,
    pub mentions: Vec<Mention>,
    /// Pairs of mention indices: the person works for the organisation.
    pub works_for: Vec<(usize, usize)>,
}

const PEOPLE: [&str; 14] = [
    "Amina Yusuf",
    "Jörg Müller",
    "Li Wei",
    "Sofía Álvarez",
    "Tomáš Novák",
    "Grace Okafor",
    "Ines Duarte",
    "Kenji Mori",
    "Nadia Petrova",
    "Pádraig Byrne",
    "Ruth Feldman",
    "Samuel Adeyemi",
    "Zoë Laurent",
    "王小明",
];
const ORGANISATIONS: [&str; 12] = [
    "Nordlicht Energie",
    "Harbour Bank",
    "Ateliers Bonnet",
    "Kyoto Robotics",
    "the River Trust",
    "Lumen Health",
    "Sierra Rail",
    "Tallinn Data Works",
    "Acacia Foods",
    "Blue Kite Airlines",
    "the Ministry of Water",
    "Orchard & Sons",
];
const PLACES: [&str; 12] = [
    "Lagos",
    "São Paulo",
    "Kraków",
    "Osaka",
    "the Faroe Islands",
    "Lyon",
    "Nairobi",
    "Galway",
    "Valparaíso",
    "Gdańsk",
    "Zürich",
    "東京",
];
const DATES: [&str; 8] = [
    "on Monday",
    "last week",
    "in March 2025",
    "on 4 July",
    "yesterday",
    "in the spring",
    "on New Year's Eve",
    "in 2019",
];

/// P person, O organisation, L place, D date; `P@O` says that the person works for the organisation.
const PATTERNS: [&str; 10] = [
    "{P}, chief engineer at {O}, opened a plant in {L} {D}.",
    "{O} said {D} that it would close its office in {L}.",
    "Police in {L} asked {P} for help {D}. 🙂",
    "{P} of {O} met {P} in {L} {D}.",
    "{D}, {O} and {O} signed a contract in {L}.",
    "“We did not expect this,” {P} told reporters in {L} {D}.",
    "{O} named {P} as its new director {D}.",
    "Ferries between {L} and {L} stopped {D}, {O} said.",
    "{P} left {O} {D} to teach in {L}.",
    "A storm hit {L} {D}; {O} sent two hundred helpers, among them {P}.",
];
/// Patterns in which the first person works for the first organisation.
const EMPLOYED: [usize; 3] = [0, 3, 6];

pub fn write(index: u64) -> Story {
    let mut dice = Dice::new("news", index);
    let mut story = Story { text: String::new(), mentions: Vec::new(), works_for: Vec::new() };
    let first = dice.below(PATTERNS.len());
    let second = (first + 1 + dice.below(PATTERNS.len() - 1)) % PATTERNS.len();
    for pattern in [first, second] {
        if !story.text.is_empty() {
            story.text.push(' ');
        }
        let before = story.mentions.len();
        fill(&mut story, &mut dice, PATTERNS[pattern]);
        if EMPLOYED.contains(&pattern) {
            let find = |class| story.mentions.iter().skip(before).position(|m| m.class == class).map(|at| at + before);
            if let (Some(person), Some(organisation)) = (find("person"), find("organization")) {
                story.works_for.push((person, organisation));
            }
        }
    }
    story
}

fn fill(story: &mut Story, dice: &mut Dice, pattern: &str) {
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        story.text.push_str(&rest[..open]);
        let (class, name) = match &rest[open + 1..open + 2] {
            "P" => ("person", *dice.pick(&PEOPLE)),
            "O" => ("organization", *dice.pick(&ORGANISATIONS)),
            "L" => ("location", *dice.pick(&PLACES)),
            _ => ("date", *dice.pick(&DATES)),
        };
        // "the River Trust" is marked without its article; "on Monday" without its preposition.
        let skip = ["the ", "on ", "in "].iter().find(|word| name.starts_with(**word)).map_or(0, |word| word.len());
        story.text.push_str(&name[..skip]);
        let start = story.text.chars().count() as u32;
        story.text.push_str(&name[skip..]);
        story.mentions.push(Mention { class, start, end: story.text.chars().count() as u32 });
        rest = &rest[open + 3..];
    }
    story.text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn mentions_point_at_the_names_in_scalar_offsets() {
        for index in 0..200 {
            let story = write(index);
            let scalars: Vec<char> = story.text.chars().collect();
            for mention in &story.mentions {
                let found: String = scalars[mention.start as usize..mention.end as usize].iter().collect();
                assert!(found.chars().next().is_some_and(char::is_alphanumeric), "{found:?} in {}", story.text);
            }
            for (person, organisation) in &story.works_for {
                assert_eq!(story.mentions[*person].class, "person");
                assert_eq!(story.mentions[*organisation].class, "organization");
            }
        }
    }
}
