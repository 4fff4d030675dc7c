//! The formats. A new one is one file and one line here; the import picker, the export picker, the command line, the
//! generic tests and the documentation table come from this list.

use crate::{
    LossReport,
    adapt::Adapter,
    bdd100k,
    carries::Carries,
    cityscapes, coco, coco_vid, conll, cvat, darwin, datumaro, dota, files, geojson, icdar, image_classes, jsonl,
    kitti, labelme, labelme_xml, lfw,
    loss::Losses,
    market1501, masks, mot, mots, native, open_images,
    options::{FormatOption, Options},
    parquet,
    record::{DirectoryView, ExportItem, Head, Settings, Sink, Stop},
    roboflow, segment_anything, series,
    sink::ArchiveSink,
    supervisely, tabular, vggface2, via, voc, wider, yolo, youtube_vis,
};
use labelwright_core::LabelSchema;
use std::io;

type Read = fn(&dyn DirectoryView, &Settings, &mut Sink<'_>) -> Result<(), Stop>;
/// Crate-only: [`Format::write_to`] takes out first what the format cannot carry.
pub(crate) type WriteTo = for<'a> fn(Job<'a, '_>, &mut dyn ArchiveSink) -> io::Result<()>;

/// What a writer writes: items that fit its table, in their order.
pub struct Job<'a, 'i> {
    pub(crate) head: &'a Head<'a>,
    pub(crate) items: &'i mut dyn Iterator<Item = ExportItem>,
    pub(crate) losses: &'i Losses,
}

pub struct Format {
    pub id: &'static str,
    pub title: &'static str,
    pub carries: Carries,
    pub options: &'static [FormatOption],
    /// How sure it is that this is its data, 0 to 1.
    pub sniff: fn(&dyn DirectoryView) -> f64,
    pub read: Option<Read>,
    pub write: Option<WriteTo>,
    /// Ending of the exported file; `zip` for formats of many files.
    pub extension: &'static str,
}

pub const FORMATS: &[Format] = &[
    native::FORMAT,
    coco::FORMAT,
    coco::RESULTS,
    yolo::DETECT,
    yolo::SEGMENT,
    yolo::POSE,
    yolo::ROTATED,
    yolo::DARKNET,
    voc::FORMAT,
    cvat::IMAGES,
    cvat::VIDEO,
    labelme::FORMAT,
    datumaro::FORMAT,
    via::FORMAT,
    segment_anything::FORMAT,
    kitti::FORMAT,
    dota::FORMAT,
    wider::FORMAT,
    icdar::FORMAT,
    supervisely::FORMAT,
    open_images::FORMAT,
    bdd100k::FORMAT,
    geojson::FORMAT,
    labelme_xml::FORMAT,
    darwin::FORMAT,
    masks::VOC,
    masks::CAMVID,
    masks::ADE20K,
    masks::INSTANCES,
    masks::CLASSES,
    masks::PANOPTIC,
    masks::COCO_STUFF,
    cityscapes::FORMAT,
    masks::CITYSCAPES,
    masks::MAPILLARY,
    mot::FORMAT,
    mots::FORMAT,
    mots::PNG,
    coco_vid::FORMAT,
    youtube_vis::FORMAT,
    market1501::FORMAT,
    lfw::FORMAT,
    vggface2::FORMAT,
    roboflow::COCO,
    roboflow::YOLO,
    roboflow::CSV,
    image_classes::FOLDERS,
    image_classes::LISTS,
    image_classes::YOLO,
    tabular::CSV,
    tabular::TSV,
    jsonl::FORMAT,
    parquet::FORMAT,
    crate::label_facts::FORMAT,
    crate::hugging_face::FORMAT,
    crate::webdataset::FORMAT,
    crate::tfrecord::FORMAT,
    conll::FORMAT,
    crate::conllu::FORMAT,
    crate::label_studio::JSON,
    crate::label_studio::MIN,
    crate::labelbox::EXPORT,
    crate::labelbox::IMPORT,
    crate::ground_truth::FORMAT,
    crate::argilla::FORMAT,
    crate::doccano::FORMAT,
    crate::prodigy::FORMAT,
    crate::brat::FORMAT,
    crate::webanno::FORMAT,
    crate::xmi::FORMAT,
    crate::web_annotation::FORMAT,
    crate::spacy::DOCBIN,
    crate::spacy::JSON,
    crate::squad::FORMAT,
    crate::fasttext::FORMAT,
    crate::parallel::FORMAT,
    crate::dialogue::FORMAT,
    crate::records::FORMAT,
    crate::records::CSV,
    crate::training::SFT,
    crate::training::PREFERENCE,
    crate::training::JUDGED,
    crate::training::STEPS,
    crate::audio::textgrid::FORMAT,
    crate::audio::elan::FORMAT,
    crate::audio::audacity::FORMAT,
    crate::audio::scoring::RTTM,
    crate::audio::scoring::CTM,
    crate::audio::scoring::STM,
    crate::audio::subtitles::SRT,
    crate::audio::subtitles::VTT,
    crate::audio::kaldi::FORMAT,
    crate::audio::manifests::NEMO,
    crate::audio::manifests::COMMON_VOICE,
    series::FORMAT,
    crate::document::funsd::FORMAT,
    crate::document::page_xml::FORMAT,
    crate::document::hocr::FORMAT,
    crate::document::alto::FORMAT,
    crate::volume::nifti::FORMAT,
    crate::volume::dicom_seg::FORMAT,
    files::IMAGES,
    files::RECORDINGS,
    files::VIDEOS,
    files::FRAMES,
    files::SERIES,
    files::DOCUMENTS,
    crate::volume::FILES,
    files::TEXTS,
    crate::html::FORMAT,
    files::URLS,
];

impl Format {
    /// What a new format starts from.
    pub(crate) const NEW: Self = Self {
        id: "",
        title: "",
        carries: Carries::NOTHING,
        options: &[],
        sniff: |_| 0.0,
        read: None,
        write: None,
        extension: "zip",
    };

    /// Does it write a single file?
    pub fn is_one_file(&self) -> bool {
        self.extension != "zip"
    }

    /// Writes all items into the sink. What the format cannot carry is taken out of them and counted.
    ///
    /// # Errors
    /// When the format cannot be written, or the sink does not take it.
    pub fn write_to(
        &self,
        head: &Head<'_>,
        items: &mut dyn Iterator<Item = ExportItem>,
        out: &mut dyn ArchiveSink,
    ) -> io::Result<LossReport> {
        let write = self.write.ok_or_else(|| io::Error::other("this format cannot be written"))?;
        let losses = Losses::default();
        let adapter = Adapter::new(self.id, self.carries, head, &losses);
        let schema = adapter.schema();
        let head = Head { schema: schema.as_ref().unwrap_or(head.schema), ..*head };
        {
            let mut fitting = items.flat_map(|item| adapter.items(item));
            write(Job { head: &head, items: &mut fitting, losses: &losses }, out)?;
        }
        adapter.finish();
        Ok(losses.report())
    }

    /// The item as far as the format's table holds it: nothing when nothing of it is left, several where the format has no
    /// panes.
    pub fn fitted(&self, project: &str, schema: &LabelSchema, item: ExportItem) -> Vec<ExportItem> {
        let (losses, options) = (Losses::default(), Options::default());
        Adapter::new(self.id, self.carries, &Head::new(project, schema, &options), &losses).items(item).collect()
    }

    /// Does its reader take a [`crate::Mapping`] of columns?
    pub fn is_mapped(&self) -> bool {
        ["csv", "tsv", "jsonl", "parquet", "records"].contains(&self.id)
    }

    /// Does this code of a loss say that the writer changed something that its table holds in general (a shape that is
    /// cut off, overlaps another one, ...)?
    pub fn lossy_here(&self, code: &str) -> bool {
        [
            "clipped",
            "outside",
            "rounded",
            "overlap",
            "other_size",
            "token_border",
            "values",
            "pages",
            "page_border",
            "no_place",
            "characters",
        ]
        .contains(&code)
    }
}

pub fn format(id: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.id == id)
}

/// The format that is most sure of the data, with its confidence; None when nobody knows it.
pub fn detect(view: &dyn DirectoryView) -> Option<(&'static Format, f64)> {
    candidates(view).into_iter().next()
}

/// The formats that may be meant, with their confidences, the surest one first.
pub fn candidates(view: &dyn DirectoryView) -> Vec<(&'static Format, f64)> {
    let readable = FORMATS.iter().filter(|format| format.read.is_some());
    let mut found: Vec<_> =
        readable.map(|format| (format, (format.sniff)(view))).filter(|(_, sure)| *sure > 0.0).collect();
    // Of two that are as sure the first of the list.
    found.sort_by(|(_, one), (_, two)| two.total_cmp(one));
    found
}
