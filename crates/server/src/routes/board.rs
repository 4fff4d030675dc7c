//! Which models people prefer, by the answers of a project.

use crate::{
    app::App,
    extract::{Caller, Path},
    problem::Result,
};
use axum::{Json, extract::State};
use labelwright_core::{Action, ProjectId};
use labelwright_workflow::{board::FieldBoard, measured::board::Standing};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(board))
}

#[derive(Serialize, ToSchema)]
struct StandingView {
    model: String,
    /// Log strength in Bradley and Terry's model with ties; their mean is 0.
    strength: f64,
    /// Ends of its interval of confidence (95 %).
    low: Option<f64>,
    high: Option<f64>,
    /// Elo rating around 1000.
    elo: f64,
    comparisons: usize,
    wins: usize,
    losses: usize,
    ties: usize,
    /// Wins and half of the ties over all comparisons, 0 to 1.
    win_rate: f64,
}

impl From<Standing> for StandingView {
    fn from(from: Standing) -> Self {
        Self {
            win_rate: from.win_rate(),
            strength: from.strength,
            low: from.interval.map(|(low, _)| low),
            high: from.interval.map(|(_, high)| high),
            elo: from.elo,
            comparisons: from.comparisons,
            wins: from.wins,
            losses: from.losses,
            ties: from.ties,
            model: from.model,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct PositionView {
    /// Judgments in which a response stood here.
    shown: usize,
    /// Those in which it was the only best one.
    picked: usize,
}

/// The board of one question that compares responses.
#[derive(Serialize, ToSchema)]
struct BoardView {
    field: String,
    title: String,
    /// Strongest first.
    standings: Vec<StandingView>,
    /// From the left, in the order in which each person saw the responses.
    positions: Vec<PositionView>,
    /// Judgments of two models at least.
    judgments: usize,
    /// Judgments whose responses name fewer than two models.
    unnamed: usize,
    /// Groups of models that never met.
    groups: usize,
    /// A model won or lost always: a weak prior holds its strength.
    by_prior: bool,
}

impl From<FieldBoard> for BoardView {
    fn from(from: FieldBoard) -> Self {
        let board = from.board;
        let position = |one: labelwright_workflow::measured::board::Position| PositionView {
            shown: one.shown,
            picked: one.picked,
        };
        Self {
            field: from.field,
            title: from.title,
            standings: board.standings.into_iter().map(StandingView::from).collect(),
            positions: board.positions.into_iter().map(position).collect(),
            judgments: board.judgments,
            unnamed: board.unnamed,
            groups: board.groups,
            by_prior: board.by_prior,
        }
    }
}

/// Models by what people prefer, for each question that compares responses: Bradley-Terry with ties and intervals, Elo,
/// win rates, and how often what stood where was picked.
#[utoipa::path(get, path = "/projects/{project}/board", tag = "quality", params(("project" = i64, Path)), responses((status = 200, body = Vec<BoardView>)))]
async fn board(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<Vec<BoardView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let found = app.workflow.boards(&project).await?;
    Ok(Json(found.into_iter().map(BoardView::from).collect()))
}
