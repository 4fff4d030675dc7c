//! Short product reviews for the sentiment project, put together from phrases whose leaning is known.

use labelwright_generate::demo::dice::Dice;

pub struct Opinion {
    pub text: String,
    pub sentiment: &'static str,
    pub topics: Vec<&'static str>,
}

const PRODUCTS: [&str; 10] = [
    "headphones",
    "coffee grinder",
    "rain jacket",
    "office chair",
    "bike light",
    "tent",
    "kettle",
    "backpack",
    "desk lamp",
    "keyboard",
];

const OPENINGS: [&str; 8] = [
    "I bought the {} for my sister in March.",
    "This is my second {} from the same maker.",
    "Ordered the {} after reading a test.",
    "We have used the {} every day for three weeks.",
    "The {} arrived on Tuesday.",
    "My old {} broke, so I needed a new one quickly.",
    "Three months with this {} now.",
    "A colleague recommended the {} to me.",
];

/// A topic with what is said of it when it is good, middling and bad.
type Remarks = (&'static str, [&'static str; 3], [&'static str; 2], [&'static str; 3]);

/// Topic, then what people say when they like it, are neutral about it, or do not like it.
const REMARKS: [Remarks; 4] = [
    (
        "quality",
        ["It feels solid and nothing rattles. 👍", "The finish is better than I expected.", "Beautifully made!"],
        ["The material is what you would expect.", "It is plastic, as described."],
        ["The seam came loose after a week.", "It already wobbles.", "Cheap plastic that cracked on day two 😡"],
    ),
    (
        "price",
        ["A bargain at this price.", "Worth every cent.", "Cheaper than the big brands and just as good."],
        ["The price is average.", "It costs about as much as the others."],
        ["Far too expensive for what it is.", "I regret spending that much.", "For €79 I expected more."],
    ),
    (
        "delivery",
        ["Delivery took one day, wow.", "It came well packed and early.", "The courier even carried it upstairs 😊"],
        ["Delivery took four days.", "It came in a brown box."],
        ["It came two weeks late.", "The parcel was open when it arrived.", "Nobody answered when it got lost."],
    ),
    (
        "use",
        [
            "Setting it up took a minute.",
            "It simply works.",
            "So comfortable that I forget about it — très bien, très naïf 😄",
        ],
        ["The manual has twelve languages.", "It does what it should, no more."],
        ["I could not get it to work without help.", "The switch sits in the wrong place.", "Way too loud."],
    ),
];

const CLOSINGS: [[&str; 3]; 3] = [
    ["I would buy it again.", "Five stars from me.", "Highly recommended!"],
    ["Nothing special.", "It is okay.", "We will see how long it lasts."],
    ["I am sending it back.", "Never again.", "Save your money."],
];

pub fn write(index: u64) -> Opinion {
    let mut dice = Dice::new("opinion", index);
    let leaning = dice.below(3);
    let sentiment = ["positive", "neutral", "negative"][leaning];
    let product = dice.pick(&PRODUCTS);
    let mut text = dice.pick(&OPENINGS).replace("{}", product);
    let mut topics = Vec::new();
    let first = dice.below(REMARKS.len());
    let second = (first + 1 + dice.below(REMARKS.len() - 1)) % REMARKS.len();
    for remark in [first, second] {
        let (topic, good, plain, bad) = &REMARKS[remark];
        // A minority of remarks leans the other way: that is where people disagree.
        let against = dice.chance(0.15);
        let sentence = match (leaning, against) {
            (0, false) | (2, true) => *dice.pick(good),
            (2, false) | (0, true) => *dice.pick(bad),
            _ => *dice.pick(plain),
        };
        text.push(' ');
        text.push_str(sentence);
        topics.push(*topic);
    }
    text.push(' ');
    let closing: &str = dice.pick::<&str>(&CLOSINGS[leaning]);
    text.push_str(closing);
    topics.sort_unstable();
    Opinion { text, sentiment, topics }
}
