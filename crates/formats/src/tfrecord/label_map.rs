//! Label maps: classes with their numbers from 1, as text of Protocol Buffers
//! (`item { id: 1 name: 'cat' display_name: 'Cat' }`).

use crate::record::RecordError;
use std::collections::BTreeMap;

enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, (usize, String)> {
    let (mut found, mut line) = (Vec::new(), 1);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' => line += 1,
            '#' => while rest.next_if(|c| *c != '\n').is_some() {},
            '\'' | '"' => {
                let mut bytes = Vec::new();
                loop {
                    match rest.next() {
                        Some(end) if end == c => break,
                        Some('\\') => escape(&mut rest, &mut bytes).ok_or((line, "an escape is none".to_owned()))?,
                        None | Some('\n') => return Err((line, "a text does not end".to_owned())),
                        Some(other) => bytes.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
                    }
                }
                let text = String::from_utf8(bytes).map_err(|_| (line, "a text is not UTF-8".to_owned()))?;
                found.push((line, Token::Text(text)));
            }
            c if c.is_whitespace() || c == ',' || c == ';' => {}
            c if c.is_alphanumeric() || c == '_' || c == '-' => {
                let mut word = c.to_string();
                while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || "_.-".contains(*c)) {
                    word.push(c);
                }
                found.push((line, Token::Word(word)));
            }
            c => found.push((line, Token::Sign(c))),
        }
    }
    Ok(found)
}

/// What stands behind a backslash.
fn escape(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, bytes: &mut Vec<u8>) -> Option<()> {
    let number = |rest: &mut std::iter::Peekable<std::str::Chars<'_>>, radix: u32, most: usize, first: &str| {
        let mut digits = first.to_owned();
        while digits.len() < most {
            let Some(digit) = rest.next_if(|c| c.is_digit(radix)) else { break };
            digits.push(digit);
        }
        u8::from_str_radix(&digits, radix).ok()
    };
    let byte = match rest.next()? {
        'n' => b'\n',
        't' => b'\t',
        'r' => b'\r',
        'x' => number(rest, 16, 2, "")?,
        digit @ '0'..='7' => number(rest, 8, 3, &digit.to_string())?,
        sign @ ('\\' | '\'' | '"' | '?') => sign as u8,
        _ => return None,
    };
    bytes.push(byte);
    Some(())
}

/// Number to name.
///
/// # Errors
/// When the text is no label map, with the line.
pub(super) fn parse(file: &str, text: &str) -> Result<BTreeMap<i64, String>, RecordError> {
    let bad = |(line, message): (usize, String)| RecordError::new(format!("{file}:{line}"), "bad_label_map", message);
    let (mut map, mut id, mut name, mut depth) = (BTreeMap::new(), None, None, 0);
    let mut key: Option<String> = None;
    for (line, token) in tokens(text.trim_start_matches('\u{feff}')).map_err(bad)? {
        match token {
            Token::Sign('{' | '<') => {
                if depth == 0 && key.as_deref() != Some("item") {
                    return Err(bad((line, "a label map is a list of `item { id: 1 name: \"x\" }`".to_owned())));
                }
                (depth, key) = (depth + 1, None);
            }
            Token::Sign('}' | '>') => {
                depth -= 1;
                if depth == 0 {
                    let (Some(id), Some(name)) = (id.take(), name.take()) else {
                        return Err(bad((line, "an item has an id from 1 and a name".to_owned())));
                    };
                    if map.insert(id, name).is_some() {
                        return Err(bad((line, format!("the id {id} is there twice"))));
                    }
                }
                if depth < 0 {
                    return Err(bad((line, "an item ends that did not begin".to_owned())));
                }
            }
            Token::Sign(':') => {}
            Token::Sign(other) => return Err(bad((line, format!("{other:?} has no place in a label map")))),
            Token::Word(word) if key.is_none() => key = Some(word),
            Token::Text(_) if key.is_none() => return Err(bad((line, "a text stands without a key".to_owned()))),
            Token::Word(said) | Token::Text(said) => match key.take().as_deref() {
                Some("id") if depth == 1 => {
                    let number = said.parse().ok().filter(|id| *id > 0);
                    id = Some(
                        number.ok_or_else(|| bad((line, format!("an id is a whole number from 1, not {said:?}"))))?,
                    );
                }
                Some("name") if depth == 1 => name = Some(said),
                Some("display_name") if depth == 1 => name = name.or(Some(said)),
                _ => {}
            },
        }
    }
    if depth != 0 {
        return Err(bad((text.lines().count(), "the last item does not end".to_owned())));
    }
    Ok(map)
}

pub(super) fn write<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let item = |(at, name): (usize, &str)| {
        let mut text = String::new();
        for c in name.chars() {
            match c {
                '\\' | '"' | '\'' => text.extend(['\\', c]),
                '\n' => text.push_str("\\n"),
                c if c.is_ascii_control() => text.push_str(&format!("\\{:03o}", c as u32)),
                c => text.push(c),
            }
        }
        format!("item {{\n  id: {}\n  name: \"{text}\"\n}}\n", at + 1)
    };
    names.enumerate().map(item).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn names_come_back(names in proptest::collection::vec("(\\PC|[\n\"'\\\\\u{1}]){0,8}", 0..4)) {
            let map = parse("m", &write(names.iter().map(String::as_str))).unwrap();
            prop_assert_eq!(map.into_values().collect::<Vec<_>>(), names);
        }
    }

    #[test]
    fn maps_of_others_are_read_and_broken_ones_located() {
        let text = "# c\nitem {\n  name: 'n\\x41\\303\\266',\n  id: 3\n display_name: \"d\" keypoints { id: 9 label: 'x' } }\nitem{id:1 display_name:'only'}";
        let map = parse("m", text).unwrap();
        assert_eq!(map, [(1, "only".to_owned()), (3, "nAö".to_owned())].into());
        let line = |text: &str| parse("m", text).unwrap_err().place;
        assert_eq!(line("item {\n id: 0 name: 'x' }"), "m:2");
        assert_eq!(line("item {\n id: 1\n}"), "m:3");
        assert_eq!(line("item { id: 1 name: 'x' }\nitem { id: 1 name: 'y' }"), "m:2");
        assert_eq!(line("other { id: 1 }"), "m:1");
        assert_eq!(line("item { name: 'x"), "m:1");
        assert_eq!(line("item { id: 1 name: 'x'"), "m:1");
        assert_eq!(line("}"), "m:1");
    }
}
