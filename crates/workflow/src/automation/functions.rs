//! Labeling functions: rules that people write, each voting for one option of a choice field or keeping silent. Enters:
//! rules and items. Leaves: numbers about them while they are written, and pre-labels out of the votes of all (the job
//! `functions`). Keeps: a rule sees the item and never an answer; answers only tell how often it is right.

mod measuring;
pub mod rule;
mod sample;

pub(crate) use measuring::{Compared, likeliest};

use crate::{Error, Result, Workflow, automation::labels, jobs::kinds, people::check_name, policy::Permit};
use labelwright_core::{JobId, LabelSchema, Timestamp};
use labelwright_quality::statistics::intervals::{Interval, wilson};
use labelwright_store::{
    audit,
    records::{
        functions::{self, FunctionRow, NewFunction},
        projects::ProjectRow,
    },
};
use measuring::{preview, report};
use rule::{Matcher, Rule};
pub(crate) use sample::Samples;
use sample::{sample, young};
use std::{ops::Range, sync::Arc, time::Duration};

/// Functions of one project.
pub const FUNCTIONS_MAXIMUM: usize = 100;
/// How long items are looked at while somebody types.
const PATIENCE: Duration = Duration::from_secs(2);
/// Examples that are shown of a function.
const EXAMPLES: usize = 8;
/// Characters of an item that an example shows.
const SNIPPET_CHARACTERS: usize = 240;

#[derive(Debug, Clone)]
pub struct FunctionDraft {
    pub field: String,
    pub name: String,
    /// The option that it votes for.
    pub value: String,
    pub rule: Rule,
    pub enabled: bool,
}

#[derive(Debug, Clone)]
pub struct Function {
    pub id: i64,
    pub draft: FunctionDraft,
    pub updated_at: Timestamp,
}

/// How a function does on what was looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured {
    /// Items that it votes on.
    pub votes: usize,
    /// Shares of all items: with a vote, with the vote of another function too, with another vote of another function.
    pub coverage: f64,
    pub overlap: f64,
    pub conflict: f64,
    /// Votes on items whose value is known, and those that are right.
    pub labeled: usize,
    pub right: usize,
}

impl Measured {
    /// Wilson's interval (95 %) of the share of right votes; None without any.
    pub fn interval(&self) -> Option<Interval> {
        (self.labeled > 0).then(|| wilson(self.right as u64, self.labeled as u64, 0.95))
    }
}

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// Items from all over the project, or all of them.
    pub items: usize,
    /// Items whose value is known, some of them beside those.
    pub labeled: usize,
    /// Tasks of the project.
    pub tasks: i64,
    /// Did the time run out before all of the sample was looked at?
    pub cut: bool,
}

#[derive(Debug, Clone)]
pub struct Example {
    pub task: i64,
    pub key: String,
    /// A part of its text around what was found; its key for other kinds of data.
    pub snippet: String,
    /// Characters of the snippet that were found.
    pub mark: Option<Range<usize>>,
    /// The known value.
    pub label: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Preview {
    pub looked: Looked,
    pub measured: Measured,
    pub examples: Vec<Example>,
}

/// All enabled functions of a field, one by one and together.
#[derive(Debug, Clone)]
pub struct Report {
    pub looked: Looked,
    /// (id, numbers)
    pub functions: Vec<(i64, Measured)>,
    /// Share of items with any vote.
    pub coverage: f64,
    /// Known items with a vote, and how many of them the majority and the label model get right.
    pub labeled: usize,
    pub majority_right: usize,
    pub model_right: usize,
    /// What the label model has to say.
    pub notes: Vec<String>,
}

impl FunctionDraft {
    /// Checks it against the schema; gives what it does.
    fn checked(&self, schema: &LabelSchema) -> Result<Matcher> {
        let options = labels::options(schema, &self.field, "/field")?;
        if !options.iter().any(|option| option.id == self.value) {
            let known: Vec<&str> = options.iter().map(|option| option.id.as_str()).collect();
            let message = format!("{} has no option {:?}; it has {}", self.field, self.value, known.join(", "));
            return Err(Error::invalid("/value", "unknown", message));
        }
        self.rule.matcher().map_err(|problem| Error::Invalid(vec![problem]))
    }
}

fn read(row: FunctionRow) -> Result<Function> {
    let rule = serde_json::from_str(&row.rule)
        .map_err(|error| Error::internal(format!("labeling function {} cannot be read: {error}", row.id)))?;
    let FunctionRow { id, field, name, value, enabled, updated_at, .. } = row;
    Ok(Function { id, draft: FunctionDraft { field, name, value, rule, enabled }, updated_at })
}

/// The pre-labels of a field's functions are known by this.
pub fn source(field: &str) -> String {
    format!("functions:{field}")
}

/// The functions of a field that vote, ready to be asked; those that no longer fit the schema are left out.
pub(crate) struct Voters {
    pub ids: Vec<i64>,
    pub matchers: Vec<Matcher>,
    /// The option that each votes for, by its number.
    pub options: Vec<i16>,
    /// Option ids.
    pub values: Vec<String>,
}

impl Voters {
    fn new(functions: &[Function], schema: &LabelSchema, field: &str) -> Result<Self> {
        let values: Vec<String> =
            labels::options(schema, field, "/field")?.iter().map(|option| option.id.clone()).collect();
        let mut voters = Self { ids: Vec::new(), matchers: Vec::new(), options: Vec::new(), values };
        for function in functions.iter().filter(|one| one.draft.enabled && one.draft.field == field) {
            let option = voters.values.iter().position(|value| *value == function.draft.value);
            if let (Ok(matcher), Some(option)) = (function.draft.checked(schema), option) {
                voters.ids.push(function.id);
                voters.matchers.push(matcher);
                voters.options.push(option as i16);
            }
        }
        Ok(voters)
    }

    /// One vote of each function: the number of an option, or -1.
    pub fn votes<'a>(&'a self, look: &'a labelwright_core::filter::Look<'a>) -> impl Iterator<Item = i16> + 'a {
        self.matchers.iter().zip(&self.options).map(|(one, option)| if one.votes(look) { *option } else { -1 })
    }
}

impl Workflow {
    pub async fn functions(&self, project: &Permit<ProjectRow>) -> Result<Vec<Function>> {
        self.functions_of(project.resource()).await
    }

    async fn functions_of(&self, project: &ProjectRow) -> Result<Vec<Function>> {
        let id = project.id;
        let rows = self.read(move |tx| Box::pin(async move { Ok(functions::of_project(tx, id).await?) })).await?;
        rows.into_iter().map(read).collect()
    }

    /// The functions of a field that vote.
    pub(crate) async fn voters(&self, project: &ProjectRow, field: &str) -> Result<Voters> {
        let schema = self.schema_of(project.schema_version).await?;
        Voters::new(&self.functions_of(project).await?, &schema, field)
    }

    pub async fn create_function(&self, project: &Permit<ProjectRow>, draft: FunctionDraft) -> Result<i64> {
        self.keep_function(project, None, Some(draft)).await
    }

    pub async fn change_function(&self, project: &Permit<ProjectRow>, id: i64, draft: FunctionDraft) -> Result<()> {
        self.keep_function(project, Some(id), Some(draft)).await.map(|_| ())
    }

    pub async fn delete_function(&self, project: &Permit<ProjectRow>, id: i64) -> Result<()> {
        self.keep_function(project, Some(id), None).await.map(|_| ())
    }

    /// Makes, changes or (without a draft) deletes a function.
    async fn keep_function(
        &self,
        project: &Permit<ProjectRow>,
        id: Option<i64>,
        draft: Option<FunctionDraft>,
    ) -> Result<i64> {
        let (row, author, now) = (project.resource().clone(), project.user(), self.now());
        let schema = self.schema_of(row.schema_version).await?;
        let mut written = None;
        if let Some(draft) = draft {
            draft.checked(&schema)?;
            let name = check_name("/name", &draft.name)?;
            let rule = serde_json::to_string(&draft.rule).map_err(|error| Error::internal(error.to_string()))?;
            written = Some((FunctionDraft { name, ..draft }, rule));
        }
        let workspace = row.workspace;
        let kept = self
            .write(move |tx| {
                Box::pin(async move {
                    let there = functions::of_project(tx, row.id).await?;
                    if id.is_some_and(|id| !there.iter().any(|one| one.id == id)) {
                        return Err(Error::NotFound("the labeling function"));
                    }
                    let mut detail = serde_json::json!({});
                    let (kept, action) = match (id, &written) {
                        (Some(id), None) => {
                            functions::delete(tx, id).await?;
                            (id, "function.delete")
                        }
                        (None, None) => return Err(Error::NotFound("the labeling function")),
                        (_, Some((draft, rule))) => {
                            let same = |one: &FunctionRow| one.field == draft.field && one.name == draft.name;
                            if there.iter().any(|one| same(one) && Some(one.id) != id) {
                                let message = "the field has a function of this name already";
                                return Err(Error::invalid("/name", "already_there", message));
                            }
                            if id.is_none() && there.len() >= FUNCTIONS_MAXIMUM {
                                let message = format!("a project has at most {FUNCTIONS_MAXIMUM} labeling functions");
                                return Err(Error::invalid("", "out_of_range", message));
                            }
                            detail = serde_json::json!({ "field": draft.field, "name": draft.name });
                            let FunctionDraft { field, name, value, enabled, .. } = draft;
                            let new = NewFunction { field, name, value, rule, enabled: *enabled, author, now };
                            match id {
                                Some(id) => {
                                    functions::change(tx, id, &new).await?;
                                    (id, "function.change")
                                }
                                None => (functions::create(tx, row.id, &new).await?, "function.create"),
                            }
                        }
                    };
                    let target = format!("function:{kept}");
                    audit::record(tx, row.workspace, Some(author), action, &target, &detail, now).await?;
                    Ok(kept)
                })
            })
            .await?;
        self.announce(workspace, "project", project.resource().id.0);
        Ok(kept)
    }

    /// What a function would do, as it is written now. `except` is the stored one that is being changed: the others are
    /// what it overlaps and conflicts with.
    pub async fn preview_function(
        &self,
        project: &Permit<ProjectRow>,
        draft: FunctionDraft,
        except: Option<i64>,
    ) -> Result<Preview> {
        let row = project.resource();
        let schema = self.schema_of(row.schema_version).await?;
        let matcher = draft.checked(&schema)?;
        let mut others = self.functions_of(row).await?;
        others.retain(|one| Some(one.id) != except);
        let voters = Voters::new(&others, &schema, &draft.field)?;
        let sample = young(self, row, &draft.field, &voters.values).await?;
        self.blocking(move || preview(&sample, &matcher, &draft.value, &voters)).await
    }

    /// How the enabled functions of a field do on a sample, one by one and together.
    pub async fn function_report(&self, project: &Permit<ProjectRow>, field: &str) -> Result<Report> {
        let row = project.resource();
        let voters = Arc::new(self.voters(row, field).await?);
        let sample = sample(self, row, field, &voters.values).await?;
        self.blocking(move || report(&sample, &voters)).await
    }

    /// Makes pre-labels out of the votes of a field's functions: a job.
    pub async fn apply_functions_later(&self, project: &Permit<ProjectRow>, field: &str) -> Result<JobId> {
        let row = project.resource();
        let voters = self.voters(row, field).await?;
        if voters.ids.is_empty() {
            return Err(Error::conflict(
                "no_functions",
                "the field has no labeling function that is enabled; write one",
            ));
        }
        let input = serde_json::json!({ "project": row.id, "field": field });
        self.enqueue(row.workspace, Some(row.id), kinds::FUNCTIONS, &input, Some(project.user())).await
    }
}
