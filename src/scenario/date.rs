//! A day, as in `release: 2026-12-01`.

use std::fmt;

/// A day of the Gregorian calendar; ISO 8601.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Reads `2026-12-01`; a day that the calendar has.
    ///
    /// ```
    /// use gradsheet::scenario::Date;
    /// assert_eq!(Date::read("2028-02-29").unwrap().to_string(), "2028-02-29");
    /// assert_eq!(Date::read("2026-02-29"), None);
    /// assert!(Date::read("2026-12-01") < Date::read("2027-01-01"));
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        let plain = text.len() == 10
            && text.bytes().enumerate().all(|(index, byte)| match index {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !plain {
            return None;
        }
        let date = Self {
            year: text.get(..4)?.parse().ok()?,
            month: text.get(5..7)?.parse().ok()?,
            day: text.get(8..)?.parse().ok()?,
        };
        (1..=date.last_of_month()?).contains(&date.day).then_some(date)
    }

    /// Year, month and day.
    pub fn parts(self) -> [u32; 3] {
        [self.year.into(), self.month.into(), self.day.into()]
    }

    fn last_of_month(self) -> Option<u8> {
        let leap = self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
            4 | 6 | 9 | 11 => Some(30),
            2 => Some(if leap { 29 } else { 28 }),
            _ => None,
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        let table = [
            ("2026-12-01", true),
            ("2000-02-29", true),
            ("1900-02-29", false),
            ("2026-02-30", false),
            ("2026-04-31", false),
            ("2026-13-01", false),
            ("2026-00-01", false),
            ("2026-01-00", false),
            ("2026-1-1", false),
            ("2026/01/01", false),
            ("+026-01-01", false),
            ("２026-01-01", false),
        ];
        for (text, known) in table {
            assert_eq!(Date::read(text).is_some(), known, "{text}");
        }
    }
}
