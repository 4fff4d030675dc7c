//! The tags that we speak of (PS3.6 chapter 6), and how every tag is written for people.

use std::fmt;

/// Group and element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub u16, pub u16);

impl fmt::Display for Tag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "({:04X},{:04X})", self.0, self.1)?;
        match crate::dictionary::keyword(*self) {
            Some(keyword) => write!(formatter, " {keyword}"),
            None => Ok(()),
        }
    }
}

macro_rules! tags {
    ($($name:ident = $group:literal, $element:literal, $vr:literal, $keyword:literal;)*) => {
        $(pub const $name: Tag = Tag($group, $element);)*

        /// Tag, value representation, keyword.
        pub(crate) const KNOWN: &[(Tag, &crate::Vr, &str)] = &[$(($name, $vr, $keyword)),*];
    };
}

tags! {
    TRANSFER_SYNTAX_UID = 0x0002, 0x0010, b"UI", "TransferSyntaxUID";
    MEDIA_STORAGE_SOP_CLASS_UID = 0x0002, 0x0002, b"UI", "MediaStorageSOPClassUID";
    MEDIA_STORAGE_SOP_INSTANCE_UID = 0x0002, 0x0003, b"UI", "MediaStorageSOPInstanceUID";
    SPECIFIC_CHARACTER_SET = 0x0008, 0x0005, b"CS", "SpecificCharacterSet";
    IMAGE_TYPE = 0x0008, 0x0008, b"CS", "ImageType";
    SOP_CLASS_UID = 0x0008, 0x0016, b"UI", "SOPClassUID";
    SOP_INSTANCE_UID = 0x0008, 0x0018, b"UI", "SOPInstanceUID";
    STUDY_DATE = 0x0008, 0x0020, b"DA", "StudyDate";
    CONTENT_DATE = 0x0008, 0x0023, b"DA", "ContentDate";
    STUDY_TIME = 0x0008, 0x0030, b"TM", "StudyTime";
    CONTENT_TIME = 0x0008, 0x0033, b"TM", "ContentTime";
    ACCESSION_NUMBER = 0x0008, 0x0050, b"SH", "AccessionNumber";
    MODALITY = 0x0008, 0x0060, b"CS", "Modality";
    MANUFACTURER = 0x0008, 0x0070, b"LO", "Manufacturer";
    REFERRING_PHYSICIAN_NAME = 0x0008, 0x0090, b"PN", "ReferringPhysicianName";
    CODE_VALUE = 0x0008, 0x0100, b"SH", "CodeValue";
    CODING_SCHEME_DESIGNATOR = 0x0008, 0x0102, b"SH", "CodingSchemeDesignator";
    CODE_MEANING = 0x0008, 0x0104, b"LO", "CodeMeaning";
    MANUFACTURER_MODEL_NAME = 0x0008, 0x1090, b"LO", "ManufacturerModelName";
    REFERENCED_SERIES_SEQUENCE = 0x0008, 0x1115, b"SQ", "ReferencedSeriesSequence";
    REFERENCED_INSTANCE_SEQUENCE = 0x0008, 0x114A, b"SQ", "ReferencedInstanceSequence";
    REFERENCED_SOP_CLASS_UID = 0x0008, 0x1150, b"UI", "ReferencedSOPClassUID";
    REFERENCED_SOP_INSTANCE_UID = 0x0008, 0x1155, b"UI", "ReferencedSOPInstanceUID";
    REFERENCED_FRAME_NUMBER = 0x0008, 0x1160, b"IS", "ReferencedFrameNumber";
    SOURCE_IMAGE_SEQUENCE = 0x0008, 0x2112, b"SQ", "SourceImageSequence";
    DERIVATION_IMAGE_SEQUENCE = 0x0008, 0x9124, b"SQ", "DerivationImageSequence";
    DERIVATION_CODE_SEQUENCE = 0x0008, 0x9215, b"SQ", "DerivationCodeSequence";
    PATIENT_NAME = 0x0010, 0x0010, b"PN", "PatientName";
    PATIENT_ID = 0x0010, 0x0020, b"LO", "PatientID";
    PATIENT_BIRTH_DATE = 0x0010, 0x0030, b"DA", "PatientBirthDate";
    PATIENT_SEX = 0x0010, 0x0040, b"CS", "PatientSex";
    PATIENT_IDENTITY_REMOVED = 0x0012, 0x0062, b"CS", "PatientIdentityRemoved";
    DEIDENTIFICATION_METHOD = 0x0012, 0x0063, b"LO", "DeidentificationMethod";
    BODY_PART_EXAMINED = 0x0018, 0x0015, b"CS", "BodyPartExamined";
    SLICE_THICKNESS = 0x0018, 0x0050, b"DS", "SliceThickness";
    KVP = 0x0018, 0x0060, b"DS", "KVP";
    REPETITION_TIME = 0x0018, 0x0080, b"DS", "RepetitionTime";
    ECHO_TIME = 0x0018, 0x0081, b"DS", "EchoTime";
    MAGNETIC_FIELD_STRENGTH = 0x0018, 0x0087, b"DS", "MagneticFieldStrength";
    SPACING_BETWEEN_SLICES = 0x0018, 0x0088, b"DS", "SpacingBetweenSlices";
    DEVICE_SERIAL_NUMBER = 0x0018, 0x1000, b"LO", "DeviceSerialNumber";
    SOFTWARE_VERSIONS = 0x0018, 0x1020, b"LO", "SoftwareVersions";
    GANTRY_DETECTOR_TILT = 0x0018, 0x1120, b"DS", "GantryDetectorTilt";
    IMAGER_PIXEL_SPACING = 0x0018, 0x1164, b"DS", "ImagerPixelSpacing";
    PATIENT_POSITION = 0x0018, 0x5100, b"CS", "PatientPosition";
    VIEW_POSITION = 0x0018, 0x5101, b"CS", "ViewPosition";
    STUDY_INSTANCE_UID = 0x0020, 0x000D, b"UI", "StudyInstanceUID";
    SERIES_INSTANCE_UID = 0x0020, 0x000E, b"UI", "SeriesInstanceUID";
    STUDY_ID = 0x0020, 0x0010, b"SH", "StudyID";
    SERIES_NUMBER = 0x0020, 0x0011, b"IS", "SeriesNumber";
    ACQUISITION_NUMBER = 0x0020, 0x0012, b"IS", "AcquisitionNumber";
    INSTANCE_NUMBER = 0x0020, 0x0013, b"IS", "InstanceNumber";
    IMAGE_POSITION_PATIENT = 0x0020, 0x0032, b"DS", "ImagePositionPatient";
    IMAGE_ORIENTATION_PATIENT = 0x0020, 0x0037, b"DS", "ImageOrientationPatient";
    FRAME_OF_REFERENCE_UID = 0x0020, 0x0052, b"UI", "FrameOfReferenceUID";
    LATERALITY = 0x0020, 0x0060, b"CS", "Laterality";
    IMAGE_LATERALITY = 0x0020, 0x0062, b"CS", "ImageLaterality";
    POSITION_REFERENCE_INDICATOR = 0x0020, 0x1040, b"LO", "PositionReferenceIndicator";
    SLICE_LOCATION = 0x0020, 0x1041, b"DS", "SliceLocation";
    FRAME_CONTENT_SEQUENCE = 0x0020, 0x9111, b"SQ", "FrameContentSequence";
    PLANE_POSITION_SEQUENCE = 0x0020, 0x9113, b"SQ", "PlanePositionSequence";
    PLANE_ORIENTATION_SEQUENCE = 0x0020, 0x9116, b"SQ", "PlaneOrientationSequence";
    DIMENSION_INDEX_VALUES = 0x0020, 0x9157, b"UL", "DimensionIndexValues";
    DIMENSION_ORGANIZATION_UID = 0x0020, 0x9164, b"UI", "DimensionOrganizationUID";
    DIMENSION_INDEX_POINTER = 0x0020, 0x9165, b"AT", "DimensionIndexPointer";
    FUNCTIONAL_GROUP_POINTER = 0x0020, 0x9167, b"AT", "FunctionalGroupPointer";
    DIMENSION_ORGANIZATION_SEQUENCE = 0x0020, 0x9221, b"SQ", "DimensionOrganizationSequence";
    DIMENSION_INDEX_SEQUENCE = 0x0020, 0x9222, b"SQ", "DimensionIndexSequence";
    DIMENSION_ORGANIZATION_TYPE = 0x0020, 0x9311, b"CS", "DimensionOrganizationType";
    SAMPLES_PER_PIXEL = 0x0028, 0x0002, b"US", "SamplesPerPixel";
    PHOTOMETRIC_INTERPRETATION = 0x0028, 0x0004, b"CS", "PhotometricInterpretation";
    PLANAR_CONFIGURATION = 0x0028, 0x0006, b"US", "PlanarConfiguration";
    NUMBER_OF_FRAMES = 0x0028, 0x0008, b"IS", "NumberOfFrames";
    ROWS = 0x0028, 0x0010, b"US", "Rows";
    COLUMNS = 0x0028, 0x0011, b"US", "Columns";
    PIXEL_SPACING = 0x0028, 0x0030, b"DS", "PixelSpacing";
    PIXEL_ASPECT_RATIO = 0x0028, 0x0034, b"IS", "PixelAspectRatio";
    BITS_ALLOCATED = 0x0028, 0x0100, b"US", "BitsAllocated";
    BITS_STORED = 0x0028, 0x0101, b"US", "BitsStored";
    HIGH_BIT = 0x0028, 0x0102, b"US", "HighBit";
    PIXEL_REPRESENTATION = 0x0028, 0x0103, b"US", "PixelRepresentation";
    PIXEL_PADDING_VALUE = 0x0028, 0x0120, b"US", "PixelPaddingValue";
    BURNED_IN_ANNOTATION = 0x0028, 0x0301, b"CS", "BurnedInAnnotation";
    WINDOW_CENTER = 0x0028, 0x1050, b"DS", "WindowCenter";
    WINDOW_WIDTH = 0x0028, 0x1051, b"DS", "WindowWidth";
    RESCALE_INTERCEPT = 0x0028, 0x1052, b"DS", "RescaleIntercept";
    RESCALE_SLOPE = 0x0028, 0x1053, b"DS", "RescaleSlope";
    RESCALE_TYPE = 0x0028, 0x1054, b"LO", "RescaleType";
    SPATIAL_LOCATIONS_PRESERVED = 0x0028, 0x135A, b"CS", "SpatialLocationsPreserved";
    RED_PALETTE_DESCRIPTOR = 0x0028, 0x1101, b"US", "RedPaletteColorLookupTableDescriptor";
    GREEN_PALETTE_DESCRIPTOR = 0x0028, 0x1102, b"US", "GreenPaletteColorLookupTableDescriptor";
    BLUE_PALETTE_DESCRIPTOR = 0x0028, 0x1103, b"US", "BluePaletteColorLookupTableDescriptor";
    RED_PALETTE_DATA = 0x0028, 0x1201, b"OW", "RedPaletteColorLookupTableData";
    GREEN_PALETTE_DATA = 0x0028, 0x1202, b"OW", "GreenPaletteColorLookupTableData";
    BLUE_PALETTE_DATA = 0x0028, 0x1203, b"OW", "BluePaletteColorLookupTableData";
    LOSSY_IMAGE_COMPRESSION = 0x0028, 0x2110, b"CS", "LossyImageCompression";
    PIXEL_MEASURES_SEQUENCE = 0x0028, 0x9110, b"SQ", "PixelMeasuresSequence";
    FRAME_VOI_LUT_SEQUENCE = 0x0028, 0x9132, b"SQ", "FrameVOILUTSequence";
    PIXEL_VALUE_TRANSFORMATION_SEQUENCE = 0x0028, 0x9145, b"SQ", "PixelValueTransformationSequence";
    SEGMENTATION_TYPE = 0x0062, 0x0001, b"CS", "SegmentationType";
    SEGMENT_SEQUENCE = 0x0062, 0x0002, b"SQ", "SegmentSequence";
    SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE = 0x0062, 0x0003, b"SQ", "SegmentedPropertyCategoryCodeSequence";
    SEGMENT_NUMBER = 0x0062, 0x0004, b"US", "SegmentNumber";
    SEGMENT_LABEL = 0x0062, 0x0005, b"LO", "SegmentLabel";
    SEGMENT_ALGORITHM_TYPE = 0x0062, 0x0008, b"CS", "SegmentAlgorithmType";
    SEGMENT_IDENTIFICATION_SEQUENCE = 0x0062, 0x000A, b"SQ", "SegmentIdentificationSequence";
    REFERENCED_SEGMENT_NUMBER = 0x0062, 0x000B, b"US", "ReferencedSegmentNumber";
    SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE = 0x0062, 0x000F, b"SQ", "SegmentedPropertyTypeCodeSequence";
    SEGMENTS_OVERLAP = 0x0062, 0x0013, b"CS", "SegmentsOverlap";
    CONTENT_LABEL = 0x0070, 0x0080, b"CS", "ContentLabel";
    CONTENT_DESCRIPTION = 0x0070, 0x0081, b"LO", "ContentDescription";
    CONTENT_CREATOR_NAME = 0x0070, 0x0084, b"PN", "ContentCreatorName";
    PURPOSE_OF_REFERENCE_CODE_SEQUENCE = 0x0040, 0xA170, b"SQ", "PurposeOfReferenceCodeSequence";
    PRESENTATION_LUT_SHAPE = 0x2050, 0x0020, b"CS", "PresentationLUTShape";
    SHARED_FUNCTIONAL_GROUPS_SEQUENCE = 0x5200, 0x9229, b"SQ", "SharedFunctionalGroupsSequence";
    PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE = 0x5200, 0x9230, b"SQ", "PerFrameFunctionalGroupsSequence";
    EXTENDED_OFFSET_TABLE = 0x7FE0, 0x0001, b"OV", "ExtendedOffsetTable";
    EXTENDED_OFFSET_TABLE_LENGTHS = 0x7FE0, 0x0002, b"OV", "ExtendedOffsetTableLengths";
    PIXEL_DATA = 0x7FE0, 0x0010, b"OW", "PixelData";
}
