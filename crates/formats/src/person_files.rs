//! What file names of face and person datasets have in common: `<name>_<number>` stems.

use crate::names::{last_part, split_ending};

/// `Ada_Lovelace_0001.jpg` to (`Ada_Lovelace`, 1).
pub(crate) fn name_and_number(path: &str) -> Option<(&str, u32)> {
    let (name, number) = split_ending(last_part(path)).0.rsplit_once('_')?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    Some((name, number.parse().ok().filter(|_| digits && !name.is_empty())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_the_last_part() {
        assert_eq!(name_and_number("a/Ada_Lovelace_0012.jpg"), Some(("Ada_Lovelace", 12)));
        for bad in ["a.jpg", "a_.jpg", "_1.jpg", "a_1x.jpg", "a_99999999999.jpg", ""] {
            assert_eq!(name_and_number(bad), None, "{bad}");
        }
    }
}
