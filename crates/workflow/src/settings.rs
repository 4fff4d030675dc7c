//! How a project is worked on.

use labelwright_core::{GeometryKind, LabelSchema, Problem, TaskId};
use labelwright_quality::{agreement, project::methods::Form};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ProjectSettings {
    /// How many people label each task, 1 to 50.
    pub overlap: u32,
    pub order: Order,
    /// Shuffles the random order and picks the review sample.
    pub seed: u64,
    /// How long a task stays with somebody who does not submit, 30 to 604800 s.
    pub lease_seconds: u32,
    pub review: ReviewPolicy,
    /// Labelers do not see the answers that came with the data.
    pub blind: bool,
    /// Overlap (intersection over union) from which two regions count as the same, above 0 to 1.
    pub iou_threshold: f64,
    /// Field id to how answers to it are measured and settled; fields that are not named have the defaults.
    pub fields: BTreeMap<String, FieldQuality>,
    /// Geometry to the method that makes one region of several; geometries that are not named have the default.
    pub shapes: BTreeMap<GeometryKind, String>,
    /// Share of right gold answers that a labeler needs, above 0 to 1.
    pub gold_threshold: f64,
    pub automation: Automation,
}

/// What a machine learns while people label.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Automation {
    /// The choice that it learns; the first one of the schema unless told.
    pub field: Option<String>,
    /// It learns anew after so many more answers, at most 1,000,000; 0 only when somebody asks.
    pub every: u32,
    pub strategy: Strategy,
}

/// Which tasks are labeled next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Those that the project's order says.
    #[default]
    Order,
    Random,
    /// Those about which the model is least sure.
    Uncertainty,
    /// Those that are expected to remove most errors.
    Auto,
}

/// How answers to a field are measured and settled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct FieldQuality {
    /// Id of the agreement coefficient; Krippendorff's alpha unless told.
    pub agreement: Option<String>,
    /// Id of the method that settles different answers; the default of the field's kind unless told.
    pub consensus: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Order {
    Sequential,
    Random,
    /// By the number in the metadata key `priority`, highest first.
    Priority,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ReviewPolicy {
    None,
    /// This share of tasks, 1 to 99 percent.
    Sample {
        percent: u32,
    },
    All,
}

impl Default for ProjectSettings {
    fn default() -> Self {
        Self {
            overlap: 1,
            order: Order::Sequential,
            seed: 1,
            lease_seconds: 1800,
            review: ReviewPolicy::None,
            blind: false,
            iou_threshold: 0.5,
            fields: BTreeMap::new(),
            shapes: BTreeMap::new(),
            gold_threshold: 0.8,
            automation: Automation::default(),
        }
    }
}

impl ProjectSettings {
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut add = |pointer: &str, message: &str| {
            problems.push(Problem::new(format!("/settings/{pointer}"), "out_of_range", message));
        };
        if !(1..=50).contains(&self.overlap) {
            add("overlap", "overlap is 1 to 50");
        }
        if !(30..=604_800).contains(&self.lease_seconds) {
            add("lease_seconds", "a lease lasts 30 seconds to 7 days");
        }
        if let ReviewPolicy::Sample { percent } = self.review
            && !(1..=99).contains(&percent)
        {
            add("review/percent", "a sample is 1 to 99 percent");
        }
        if !(self.iou_threshold > 0.0 && self.iou_threshold <= 1.0) {
            add("iou_threshold", "the overlap is above 0 and at most 1");
        }
        if !(self.gold_threshold > 0.0 && self.gold_threshold <= 1.0) {
            add("gold_threshold", "the share is above 0 and at most 1");
        }
        if self.automation.every > 1_000_000 {
            add("automation/every", "the rule counts 0 to 1000000 answers");
        }
        for (id, field) in &self.fields {
            if field.agreement.as_ref().is_some_and(|name| agreement::metric(name).is_none()) {
                let known: Vec<&str> = agreement::METRICS.iter().map(|metric| metric.id).collect();
                let message = format!("there is no such coefficient; there are {}", known.join(", "));
                problems.push(Problem::new(format!("/settings/fields/{id}/agreement"), "unknown", message));
            }
            if field.consensus.as_ref().is_some_and(|name| !Form::ALL.into_iter().any(|form| form.has_method(name))) {
                let known: BTreeSet<&str> = Form::ALL.into_iter().flat_map(Form::methods).map(|one| one.id).collect();
                let known: Vec<&str> = known.into_iter().collect();
                let message = format!("there is no such method; there are {}", known.join(", "));
                problems.push(Problem::new(format!("/settings/fields/{id}/consensus"), "unknown", message));
            }
        }
        for (kind, name) in &self.shapes {
            let form = Form::of_geometry(*kind);
            if !form.has_method(name) {
                let pointer = format!("/settings/shapes/{}", kind.as_str());
                problems.push(unfit(pointer, name, form));
            }
        }
        problems
    }

    /// Methods that are not for the kind of their field. Fields that the schema does not have are passed over: they may
    /// belong to another version.
    pub fn check_for(&self, schema: &LabelSchema) -> Vec<Problem> {
        let unfit = schema.fields.iter().filter_map(|field| {
            let (form, name) = (Form::of_field(&field.kind), self.fields.get(&field.id)?.consensus.as_ref()?);
            let pointer = format!("/settings/fields/{}/consensus", field.id);
            (!form.has_method(name)).then(|| unfit(pointer, name, form))
        });
        unfit.collect()
    }

    /// The state that a task gets once everything that is wanted of it is submitted.
    pub fn complete_state(&self, task: TaskId) -> &'static str {
        if self.reviews(task.0) { "in_review" } else { "labeled" }
    }

    /// Is this task reviewed? Always the same answer for the same task.
    fn reviews(&self, task: i64) -> bool {
        match self.review {
            ReviewPolicy::None => false,
            ReviewPolicy::All => true,
            ReviewPolicy::Sample { percent } => shuffled(self.seed, task as u64) % 100 < u64::from(percent),
        }
    }
}

fn unfit(pointer: String, name: &str, form: Form) -> Problem {
    let known: Vec<&str> = form.methods().map(|method| method.id).collect();
    let message = format!("{name} does not settle a {}; there are {}", form.as_str(), known.join(", "));
    Problem::new(pointer, "unfit", message)
}

/// A number that looks random and is always the same for the same input (SplitMix64).
pub(crate) fn shuffled(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(number.wrapping_mul(0xd134_2543_de82_ef95));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
