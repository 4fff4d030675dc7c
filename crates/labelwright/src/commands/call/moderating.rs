//! What came in: looked at, judged, withdrawn; and who gave it.

use super::Desk;
use crate::{batch::output::Output, environment::Failure};
use clap::{ArgGroup, Subcommand, ValueEnum};
use labelwright_server::{ContributionView, ContributorView};
use labelwright_workflow::contribute::{Judged, Verdict};
use std::{io::Cursor, path::PathBuf};

/// Rows that are asked for at once, and contributions that are judged at once.
const PAGE: i64 = 500;

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum State {
    Waiting,
    Accepted,
    Rejected,
    Withdrawn,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

#[derive(Debug, Clone, Subcommand)]
pub enum What {
    /// What was given to a call
    Contributions {
        /// The call's number.
        call: i64,
        #[arg(long, value_enum, default_value = "waiting")]
        state: State,
        /// Only what checks found something about, or only the rest.
        #[arg(long)]
        flagged: Option<bool>,
    },
    /// Write the data of a contribution into a file, to look at
    Save {
        /// The call's number.
        call: i64,
        /// The contribution's number.
        contribution: i64,
        #[arg(long)]
        output: PathBuf,
    },
    /// Make items of contributions
    #[command(group = ArgGroup::new("which").required(true))]
    Accept {
        /// The call's number.
        call: i64,
        /// Numbers of contributions.
        #[arg(group = "which")]
        contributions: Vec<i64>,
        /// All that wait and that no check found anything about.
        #[arg(long, group = "which")]
        without_flags: bool,
    },
    /// Take contributions for no good; contributors read why
    Reject {
        /// The call's number.
        call: i64,
        /// Numbers of contributions.
        #[arg(required = true)]
        contributions: Vec<i64>,
        #[arg(long)]
        reason: String,
    },
    /// Take a verdict back: the contributions wait again
    Wait {
        /// The call's number.
        call: i64,
        /// Numbers of contributions.
        #[arg(required = true)]
        contributions: Vec<i64>,
    },
    /// Withdraw for somebody who asks: the item and all that was made of it go
    #[command(group = ArgGroup::new("whose").required(true))]
    Withdraw {
        /// The call's number.
        call: i64,
        /// Number of one contribution.
        #[arg(long, group = "whose")]
        contribution: Option<i64>,
        /// Number of a contributor, with all that they gave.
        #[arg(long, group = "whose")]
        contributor: Option<i64>,
    },
    /// The people who gave something, with the completion codes that are theirs
    Contributors {
        /// The call's number.
        call: i64,
    },
}

impl Desk {
    pub async fn moderate(&self, what: What) -> Result<(), Failure> {
        match what {
            What::Contributions { call, state, flagged } => self.contributions(call, state, flagged).await,
            What::Save { call, contribution, output } => {
                let media = self.workflow.contribution_media(&self.project, call, contribution).await?;
                let bytes = self.workflow.all_of(&media).await?;
                let mut out = Output::create(&output)?;
                out.copy(&mut Cursor::new(bytes))?;
                Ok(out.commit()?)
            }
            What::Accept { call, without_flags: true, .. } => {
                let judged = self.workflow.accept_without_flags(&self.project, call).await?;
                self.judged(judged)
            }
            What::Accept { call, contributions, .. } => self.judge(call, &contributions, Verdict::Accept, "").await,
            What::Reject { call, contributions, reason } => {
                self.judge(call, &contributions, Verdict::Reject, &reason).await
            }
            What::Wait { call, contributions } => self.judge(call, &contributions, Verdict::Wait, "").await,
            What::Withdraw { call, contribution, contributor } => {
                let withdrawn = match (contribution, contributor) {
                    (Some(one), _) => self.workflow.withdraw_contribution(&self.project, call, one).await?,
                    (None, Some(all)) => self.workflow.withdraw_contributor(&self.project, call, all).await?,
                    (None, None) => 0,
                };
                // Items and what was made of them go with a job.
                self.workflow.run_all_jobs().await?;
                self.say(&serde_json::json!({ "withdrawn": withdrawn }), || format!("{withdrawn} withdrawn"))
            }
            What::Contributors { call } => self.contributors(call).await,
        }
    }

    async fn judge(&self, call: i64, ids: &[i64], verdict: Verdict, reason: &str) -> Result<(), Failure> {
        let mut all = Judged::default();
        for ids in ids.chunks(PAGE as usize) {
            let judged = self.workflow.judge_contributions(&self.project, call, ids.to_vec(), verdict, reason).await?;
            all.changed += judged.changed;
            all.answered += judged.answered;
        }
        self.judged(all)
    }

    fn judged(&self, Judged { changed, answered }: Judged) -> Result<(), Failure> {
        self.say(&serde_json::json!({ "changed": changed, "answered": answered }), || match answered {
            0 => format!("{changed} changed"),
            _ => {
                format!("{changed} changed; {answered} were answered already and stay: withdraw them to take them away")
            }
        })
    }

    async fn contributions(&self, call: i64, state: State, flagged: Option<bool>) -> Result<(), Failure> {
        let (project, mut after) = (self.project.resource().id.0, 0);
        loop {
            let page = self.workflow.contributions(&self.project, call, state.word(), flagged, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.id;
            for row in page {
                let view = ContributionView::of(project, row);
                self.say(&view, || line(&view))?;
            }
        }
    }

    async fn contributors(&self, call: i64) -> Result<(), Failure> {
        let mut after = 0;
        loop {
            let page = self.workflow.contributors(&self.project, call, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.told.row.id;
            for seen in page {
                let view = ContributorView::from(seen);
                self.say(&view, || {
                    let counts = (view.given, view.accepted, view.rejected);
                    let (given, accepted, rejected) = counts;
                    format!(
                        "{}\t{}\t{given} given\t{accepted} accepted\t{rejected} rejected\t{}",
                        view.id, view.participant, view.code
                    )
                })?;
            }
        }
    }
}

/// One line, whatever the text is.
fn line(row: &ContributionView) -> String {
    let flags: Vec<&str> = row.flags.iter().map(|flag| flag.code.as_str()).collect();
    let text = row.text.as_deref().unwrap_or(&row.media_type);
    let start: String = text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{}\t{}\t{}\t{}\t{start}", row.id, row.kind, row.category, flags.join(","))
}
