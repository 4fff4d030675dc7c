//! The points of a map as bytes, little end first, as the database keeps them and as the browser reads them into typed
//! arrays: how many (u32), how many clusters (u32), then one array behind the other: task (f64), x (f32), y (f32),
//! distance to what is near (f32), cluster (i16, -1 for none).

const HEAD: usize = 8;
const EACH: usize = 8 + 4 + 4 + 4 + 2;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    /// Ascending.
    pub tasks: Vec<i64>,
    /// -1 to 1, both axes with one scale.
    pub x: Vec<f32>,
    pub y: Vec<f32>,
    /// Mean distance to the nearest items, in the space of the features.
    pub distance: Vec<f32>,
    pub cluster: Vec<i16>,
}

impl Points {
    pub fn clusters(&self) -> usize {
        self.cluster.iter().copied().max().map_or(0, |most| (most + 1).max(0) as usize)
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let count = self.tasks.len();
        let mut bytes = Vec::with_capacity(HEAD + count * EACH);
        bytes.extend((count as u32).to_le_bytes());
        bytes.extend((self.clusters() as u32).to_le_bytes());
        self.tasks.iter().for_each(|task| bytes.extend((*task as f64).to_le_bytes()));
        for values in [&self.x, &self.y, &self.distance] {
            values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        }
        self.cluster.iter().for_each(|cluster| bytes.extend(cluster.to_le_bytes()));
        bytes
    }

    /// None when the bytes are not of this form.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let count = u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
        if bytes.len() != HEAD + count * EACH {
            return None;
        }
        let part = |start: usize, size: usize| bytes.get(HEAD + count * start..HEAD + count * (start + size));
        let floats = |start: usize| -> Option<Vec<f32>> {
            Some(
                part(start, 4)?
                    .chunks_exact(4)
                    .filter_map(|word| Some(f32::from_le_bytes(word.try_into().ok()?)))
                    .collect(),
            )
        };
        let tasks =
            part(0, 8)?.chunks_exact(8).filter_map(|word| Some(f64::from_le_bytes(word.try_into().ok()?) as i64));
        let cluster = part(20, 2)?.chunks_exact(2).filter_map(|word| Some(i16::from_le_bytes(word.try_into().ok()?)));
        Some(Self {
            tasks: tasks.collect(),
            x: floats(8)?,
            y: floats(12)?,
            distance: floats(16)?,
            cluster: cluster.collect(),
        })
    }
}

/// The nearest items of each point: how many a point (u32), then for each point their numbers (u32) and behind all of
/// them their distances (f32).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Near {
    pub each: usize,
    pub rows: Vec<u32>,
    pub distances: Vec<f32>,
}

impl Near {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(4 + self.rows.len() * 8);
        bytes.extend((self.each as u32).to_le_bytes());
        self.rows.iter().for_each(|row| bytes.extend(row.to_le_bytes()));
        self.distances.iter().for_each(|distance| bytes.extend(distance.to_le_bytes()));
        bytes
    }

    /// None when the bytes are not of this form.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(4)?;
        let each = u32::from_le_bytes(head.try_into().ok()?) as usize;
        let (rows, distances) = rest.split_at_checked(rest.len() / 2)?;
        let words =
            |bytes: &[u8]| -> Vec<[u8; 4]> { bytes.chunks_exact(4).filter_map(|word| word.try_into().ok()).collect() };
        let rows: Vec<u32> = words(rows).into_iter().map(u32::from_le_bytes).collect();
        let distances: Vec<f32> = words(distances).into_iter().map(f32::from_le_bytes).collect();
        (rows.len() == distances.len()).then_some(Self { each, rows, distances })
    }

    /// Number and distance of the points nearest to one, nearest first.
    pub fn of(&self, point: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        let range = point * self.each..(point + 1) * self.each;
        let rows = self.rows.get(range.clone()).unwrap_or_default();
        rows.iter().map(|row| *row as usize).zip(self.distances.get(range).unwrap_or_default().iter().copied())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_nothing_else() {
        let points = Points {
            tasks: vec![1, 1 << 40, (1 << 53) - 1],
            x: vec![-1.0, 0.5, 1.0],
            y: vec![0.0, 1.0, -0.25],
            distance: vec![0.0, 2.5, 1e9],
            cluster: vec![0, -1, 6],
        };
        let bytes = points.to_bytes();
        assert_eq!((Points::read(&bytes), points.clusters()), (Some(points), 7));
        assert_eq!((Points::read(&bytes[1..]), Points::read(&[])), (None, None));
        let near = Near { each: 2, rows: vec![1, 2, 0, 2, 0, 1], distances: vec![0.5; 6] };
        assert_eq!(Near::read(&near.to_bytes()).unwrap(), near);
        assert_eq!(near.of(1).collect::<Vec<_>>(), [(0, 0.5), (2, 0.5)]);
        assert_eq!(near.of(3).count(), 0);
    }
}
