//! The room as Cedar sees it: members, users, audiences and all else that agreements name, built once when the policies load.

use super::{
    check::Names,
    members::{AudienceDeclaration, Membership},
    room::Purpose,
};
use crate::model::{AudienceRef, ColumnName, MemberName, PurposeName, Role, Shape, Vocabulary};
use cedar_policy::{Entities, Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression, Schema};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    error::Error,
};

type BuildError = Box<dyn Error + Send + Sync>;

/// The entities, and what the room's names are called among them. A name that isn't here doesn't exist.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) entities: Entities,
    pub(super) users: HashMap<(MemberName, Role), EntityUid>,
    pub(super) members: HashMap<MemberName, EntityUid>,
    pub(super) audiences: HashMap<AudienceRef, EntityUid>,
    pub(super) purposes: HashMap<PurposeName, EntityUid>,
    pub(super) columns: HashMap<ColumnName, EntityUid>,
}

fn uid(type_name: &str, id: &str) -> Result<EntityUid, BuildError> {
    Ok(EntityUid::from_type_name_and_id(type_name.parse::<EntityTypeName>()?, EntityId::new(id)))
}

fn bare(uid: &EntityUid) -> Entity {
    Entity::new_no_attrs(uid.clone(), HashSet::new())
}

fn reference(uid: &EntityUid) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(uid.clone())
}

fn attributes<const N: usize>(pairs: [(&str, RestrictedExpression); N]) -> HashMap<String, RestrictedExpression> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

impl Directory {
    /// Builds the entities and checks them against the schema.
    pub(super) fn build(
        schema: &Schema,
        membership: &Membership,
        purposes: &BTreeMap<PurposeName, Purpose>,
        vocabulary: &Vocabulary,
    ) -> Result<Self, BuildError> {
        let mut entities = Vec::new();
        for name in membership.tags.keys() {
            entities.push(bare(&uid("Tag", name)?));
        }
        for (name, parents) in &membership.groups.parents {
            let parents = parents.iter().map(|parent| uid("Group", parent)).collect::<Result<_, _>>()?;
            entities.push(Entity::new_no_attrs(uid("Group", name)?, parents));
        }
        let mut directory = Self {
            entities: Entities::empty(),
            users: HashMap::new(),
            members: HashMap::new(),
            audiences: HashMap::new(),
            purposes: HashMap::new(),
            columns: HashMap::new(),
        };
        for name in purposes.keys() {
            let uid = uid("Purpose", name.as_str())?;
            entities.push(bare(&uid));
            directory.purposes.insert(name.clone(), uid);
        }
        for name in vocabulary.columns().keys() {
            let uid = uid("Column", name.as_str())?;
            entities.push(bare(&uid));
            directory.columns.insert(name.clone(), uid);
        }
        for role in Role::OF_MEMBERS {
            entities.push(bare(&uid("Role", role.as_str())?));
        }
        for shape in [Shape::List, Shape::Events] {
            entities.push(bare(&uid("Shape", shape.as_str())?));
        }
        directory.add_members(membership, &mut entities)?;
        directory.entities = Entities::from_entities(entities, Some(schema))?;
        Ok(directory)
    }

    fn add_members(&mut self, membership: &Membership, entities: &mut Vec<Entity>) -> Result<(), BuildError> {
        for (name, member) in &membership.members {
            let member_uid = uid("Member", name.as_str())?;
            let groups = member.groups.iter().map(|group| uid("Group", group)).collect::<Result<_, _>>()?;
            entities.push(Entity::new_no_attrs(member_uid.clone(), groups));
            for role in Role::OF_MEMBERS {
                let user = uid("User", &format!("{name}/{}", role.as_str()))?;
                let role_uid = uid("Role", role.as_str())?;
                let attributes = attributes([("member", reference(&member_uid)), ("role", reference(&role_uid))]);
                entities.push(Entity::new(user.clone(), attributes, HashSet::from([member_uid.clone()]))?);
                self.users.insert((name.clone(), role), user);
            }
            for declaration in member.audiences.values() {
                entities.push(self.add_audience(&member_uid, declaration)?);
            }
            self.members.insert(name.clone(), member_uid);
        }
        Ok(())
    }

    fn add_audience(&mut self, owner: &EntityUid, declaration: &AudienceDeclaration) -> Result<Entity, BuildError> {
        let audience = uid("Audience", &declaration.audience.to_string())?;
        let columns = declaration.columns.iter().filter_map(|column| self.columns.get(column)).map(reference);
        let attributes = attributes([
            ("owner", reference(owner)),
            ("shape", reference(&uid("Shape", declaration.shape.as_str())?)),
            ("columns", RestrictedExpression::new_set(columns)),
        ]);
        let tags = declaration.tags.iter().map(|tag| uid("Tag", tag)).collect::<Result<_, _>>()?;
        self.audiences.insert(declaration.audience.clone(), audience.clone());
        Ok(Entity::new(audience, attributes, tags)?)
    }
}

/// The names that agreements may use. What is `None` has mistakes of its own, and naming it isn't reported on top of those.
pub(super) fn names(
    membership: Option<&Membership>,
    purposes: Option<&BTreeMap<PurposeName, Purpose>>,
    vocabulary: Option<&Vocabulary>,
) -> Names {
    let mut names = Names::new();
    if let Some(membership) = membership {
        let members = || membership.members.values();
        let users =
            members().flat_map(|member| Role::OF_MEMBERS.map(|role| format!("{}/{}", member.name, role.as_str())));
        let audiences = members().flat_map(|member| member.audiences.values().map(|a| a.audience.to_string()));
        names.insert("User", users.collect());
        names.insert("Audience", audiences.collect());
        names.insert("Member", members().map(|member| member.name.to_string()).collect());
        names.insert("Group", membership.groups.titles.keys().cloned().collect());
        names.insert("Tag", membership.tags.keys().cloned().collect());
    }
    if let Some(purposes) = purposes {
        names.insert("Purpose", purposes.keys().map(ToString::to_string).collect());
    }
    if let Some(vocabulary) = vocabulary {
        names.insert("Column", vocabulary.columns().keys().map(ToString::to_string).collect());
    }
    names
}
