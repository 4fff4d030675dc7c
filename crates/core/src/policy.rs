//! Who may do what: roles, actions, and one pure function between them. Scopes of API tokens narrow it further;
//! membership (which role somebody has where) is looked up elsewhere.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What somebody is in a workspace or a project. The order is the order of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Labeler,
    Reviewer,
    Manager,
    Owner,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Labeler, Self::Reviewer, Self::Manager, Self::Owner];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Labeler => "labeler",
            Self::Reviewer => "reviewer",
            Self::Manager => "manager",
            Self::Owner => "owner",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The word is none of the four roles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a role is one of labeler, reviewer, manager, owner")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// Everything that needs a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See that a workspace or a project exists, its name, schema and guidelines.
    View,
    /// Take tasks and answer them; see one's own answers.
    Label,
    /// See other people's answers, judge them, settle disagreements.
    Review,
    /// See agreement, labelers' pace and progress of a project.
    ViewQuality,
    /// Make and change projects, guidelines, gold answers, priorities.
    ManageProject,
    /// Make datasets and schemas, upload and import, see and cancel jobs.
    ManageData,
    /// Freeze snapshots and take exports out.
    Export,
    /// Invite people and change roles below one's own.
    ManageMembers,
    /// Read the audit log, rename or delete the workspace.
    ManageWorkspace,
}

impl Action {
    pub const ALL: [Self; 9] = [
        Self::View,
        Self::Label,
        Self::Review,
        Self::ViewQuality,
        Self::ManageProject,
        Self::ManageData,
        Self::Export,
        Self::ManageMembers,
        Self::ManageWorkspace,
    ];

    /// The least role that may do it.
    pub fn least_role(self) -> Role {
        match self {
            Self::View | Self::Label => Role::Labeler,
            Self::Review | Self::ViewQuality => Role::Reviewer,
            Self::ManageProject | Self::ManageData | Self::Export | Self::ManageMembers => Role::Manager,
            Self::ManageWorkspace => Role::Owner,
        }
    }
}

/// May somebody with this role do this?
pub fn allow(role: Role, action: Action) -> bool {
    role >= action.least_role()
}

/// May somebody with `actor`'s role give a person the role `given`, or change one who has it? Nobody can hand out
/// more than they have, and only owners make owners.
pub fn may_assign(actor: Role, given: Role) -> bool {
    allow(actor, Action::ManageMembers) && (actor == Role::Owner || given < Role::Owner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_roles_and_actions() {
        let allowed = |role| Action::ALL.into_iter().filter(|action| allow(role, *action)).collect::<Vec<_>>();
        assert_eq!(allowed(Role::Labeler), [Action::View, Action::Label]);
        assert_eq!(allowed(Role::Reviewer), [Action::View, Action::Label, Action::Review, Action::ViewQuality]);
        assert_eq!(
            allowed(Role::Manager),
            Action::ALL.into_iter().filter(|a| *a != Action::ManageWorkspace).collect::<Vec<_>>()
        );
        assert_eq!(allowed(Role::Owner), Action::ALL);
    }

    #[test]
    fn only_owners_make_owners() {
        assert!(may_assign(Role::Owner, Role::Owner));
        assert!(may_assign(Role::Manager, Role::Manager));
        assert!(!may_assign(Role::Manager, Role::Owner));
        assert!(!may_assign(Role::Reviewer, Role::Labeler));
    }

    #[test]
    fn a_role_is_read_back_from_its_word() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse::<Role>().unwrap(), role);
        }
        assert!("admin".parse::<Role>().is_err());
    }
}
