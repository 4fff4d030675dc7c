//! Data on their way to whoever looks at them: the bytes of an item, and what was derived from them, in parts.

use crate::{
    Error, Result, Workflow,
    media::{LEVELS, StoredShape},
    policy::Permit,
};
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream::BoxStream};
use labelwright_core::volume::Grid;
use labelwright_media::volume;
use labelwright_store::records::{contributions::ContributionRow, datasets::ItemRow, derived};
use std::ops::Range;

/// What can be asked for in ranges.
pub struct Media {
    /// Of the bytes.
    pub hash: String,
    pub bytes: u64,
    pub media_type: String,
    /// The item whose row may hold them.
    item: Option<ItemRow>,
    /// The bytes themselves, where they are few.
    inline: Option<Bytes>,
}

impl Media {
    /// A picture that was made of the data of an item; `name` is the same for the same picture.
    pub(crate) fn of_picture(name: String, picture: Bytes) -> Self {
        let bytes = picture.len() as u64;
        Self { hash: name, bytes, media_type: "image/jpeg".into(), item: None, inline: Some(picture) }
    }

    /// The bytes of something that was given; `inline` where they lie in its row.
    pub(crate) fn of_contribution(row: &ContributionRow, inline: Option<Bytes>) -> Self {
        let bytes = row.bytes.max(0) as u64;
        Self { hash: row.hash.clone(), bytes, media_type: row.media_type.clone(), item: None, inline }
    }
}

impl Workflow {
    /// The bytes of an item.
    pub fn media(&self, item: &Permit<ItemRow>) -> Media {
        let row = item.resource().clone();
        let bytes = row.bytes.max(0) as u64;
        Media { hash: row.hash.clone(), bytes, media_type: row.media_type.clone(), item: Some(row), inline: None }
    }

    /// The levels of a recording or a series, the text layer of a document, or the slices of a volume.
    pub async fn levels(&self, item: &Permit<ItemRow>) -> Result<Media> {
        let hash = item.resource().hash.clone();
        let kind =
            StoredShape::read(&item.resource().shape).map_or_else(|| LEVELS.to_owned(), |shape| shape.derived_as());
        let blob = self.read(move |tx| Box::pin(async move { Ok(derived::blob(tx, &hash, &kind).await?) })).await?;
        let hash = blob.ok_or(Error::NotFound("the levels of the item"))?;
        let bytes = self.blobs.size(&hash).await?.ok_or(Error::NotFound("the levels of the item"))?;
        Ok(Media { hash, bytes, media_type: "application/octet-stream".into(), item: None, inline: None })
    }

    /// Where the voxels of a volume lie, by the hash of its data; None where its slices are gone.
    pub(crate) async fn grid_of(&self, hash: &str) -> Result<Option<Grid>> {
        let own = hash.to_owned();
        let blob = self.read(move |tx| Box::pin(async move { Ok(derived::blob(tx, &own, LEVELS).await?) })).await?;
        let Some(blob) = blob else { return Ok(None) };
        let start = self.part(&blob, 0..12).await?;
        let length = start.get(8..12).and_then(|word| word.try_into().ok()).map_or(0, u32::from_le_bytes);
        let head = self.part(&blob, 0..12 + u64::from(length)).await?;
        Ok(volume::levels::read_head(&mut head.as_slice()).ok().map(|head| head.grid))
    }

    /// All of the bytes, for what is few.
    pub async fn all_of(&self, media: &Media) -> Result<Vec<u8>> {
        let parts: Vec<Bytes> = self.stream(media, 0..media.bytes).await?.try_collect().await?;
        Ok(parts.concat())
    }

    async fn part(&self, blob: &str, range: Range<u64>) -> Result<Vec<u8>> {
        let parts: Vec<Bytes> = self.blobs.stream_range(blob, range).await?.try_collect().await?;
        Ok(parts.concat())
    }

    /// A range of the bytes, in parts.
    pub async fn stream(
        &self,
        media: &Media,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static> {
        let inline = match &media.item {
            Some(row) => self.inline(row).await?,
            None => media.inline.clone(),
        };
        let parts: BoxStream<'static, Result<Bytes>> = match inline {
            Some(bytes) => {
                let end = (range.end as usize).min(bytes.len());
                let part = bytes.slice((range.start as usize).min(end)..end);
                futures::stream::iter([Ok(part)]).boxed()
            }
            None if range.is_empty() => futures::stream::empty().boxed(),
            None => self.blobs.stream_range(&media.hash, range).await?.map_err(Error::from).boxed(),
        };
        Ok(parts)
    }
}
