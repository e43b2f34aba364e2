//! Collections of calls and clips. A name is its owner's: two people may have one of the same name, and one's own is meant
//! before one that is read.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{
    Store, audit,
    calls::{find_to_write, first_key},
    clips,
    error::{Result, Sql, StoreError, damaged},
    query::{Term, array, fits},
    reader::Reader,
    receipts::ids,
    writer::{Durable, State},
};
use crate::domain::{
    actor::Scope,
    audit::AuditRecord,
    clean,
    clip::{Collection, CollectionItem, ItemKind, sees},
    id::Noun,
    query::NamePattern,
};

/// A row of the table.
struct Kept {
    key: i64,
    owner: String,
    name: String,
    description: Option<String>,
    readers: Vec<String>,
    version: i64,
}

/// All that `who` sees, in order of name, their own before others'.
fn seen(conn: &Connection, who: &str) -> Sql<Vec<Kept>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, owner, name, description, readers, version FROM collection ORDER BY name, owner<>?1, owner",
    )?;
    let mut rows = statement.query([who])?;
    let mut seen = Vec::new();
    while let Some(row) = rows.next()? {
        let readers = row.get_ref(4)?.as_str().unwrap_or_default();
        let readers: Vec<String> = serde_json::from_str(readers).map_err(|_error| damaged("the readers of a collection"))?;
        let owner: String = row.get(1)?;
        if sees(who, &owner, &readers) {
            let (key, name, description, version) = (row.get(0)?, row.get(2)?, row.get(3)?, row.get(5)?);
            seen.push(Kept { key, owner, name, description, readers, version });
        }
    }
    Ok(seen)
}

fn missing(name: &str) -> StoreError {
    StoreError::NotFound(format!("there is no collection {}", clean::line(name, 60)))
}

fn find(conn: &Connection, who: &str, name: &str) -> Sql<Kept> {
    Ok(seen(conn, who)?.into_iter().find(|kept| kept.name == name).ok_or_else(|| missing(name))?)
}

/// One that `who` may change.
fn own(conn: &Connection, who: &str, name: &str) -> Sql<Kept> {
    let kept = find(conn, who, name)?;
    if kept.owner == who {
        return Ok(kept);
    }
    let (name, owner) = (clean::line(name, 60), clean::line(&kept.owner, 60));
    Err(StoreError::ReadOnly(format!("the collection {name} is {owner}'s, and only its owner changes it")).into())
}

/// With the items that lie within the scope.
fn whole(reader: &Reader, scope: &Scope, kept: Kept) -> Sql<Collection> {
    let mut statement =
        reader.conn.prepare_cached("SELECT kind, item, who, added_us FROM collection_item WHERE collection=?1 ORDER BY seq")?;
    let mut of_clip =
        reader.conn.prepare_cached("SELECT r.call FROM clip k CROSS JOIN recording r ON r.id=k.recording WHERE k.id=?1")?;
    let codec = &reader.shared.codec;
    let mut rows = statement.query([kept.key])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let (kind, item): (i64, i64) = (row.get(0)?, row.get(1)?);
        let kind = ItemKind::from_code(kind).unwrap_or(ItemKind::Call);
        let (call, id) = match kind {
            ItemKind::Call => (Some(item), codec.encode(Noun::Call, first_key(&reader.conn, item)?)),
            ItemKind::Clip => (of_clip.query_row([item], |row| row.get(0)).optional()?.flatten(), codec.encode(Noun::Clip, item)),
        };
        let Some(call) = call else { continue };
        if clips::within(reader, scope, call)? {
            let added = Timestamp::from_microsecond(row.get(3)?).unwrap_or_default();
            items.push(CollectionItem { kind, id, who: row.get(2)?, added });
        }
    }
    let Kept { owner, name, description, readers, version, .. } = kept;
    Ok(Collection { name, description, owner, readers, items, version })
}

fn check(kept: &Kept, version: i64) -> Sql<()> {
    if kept.version == version {
        return Ok(());
    }
    let (name, there) = (clean::line(&kept.name, 60), kept.version);
    let told = if version == 0 {
        format!("there is a collection {name} already; choose another name, or change that one")
    } else {
        format!("the collection {name} was changed meanwhile (version {there}, yours is {version}); read it again")
    };
    Err(StoreError::Conflict(told).into())
}

fn raise(transaction: &Transaction<'_>, key: i64) -> Sql<()> {
    transaction.prepare_cached("UPDATE collection SET version=version+1 WHERE id=?1")?.execute([key])?;
    Ok(())
}

fn key_of(transaction: &Transaction<'_>, state: &State, scope: &Scope, kind: ItemKind, id: &str) -> Sql<i64> {
    let codec = &state.shared.codec;
    match kind {
        ItemKind::Call => find_to_write(transaction, &state.names, codec, scope, id),
        ItemKind::Clip => clips::key_of(transaction, codec, id),
    }
}

impl Store {
    /// Those that `who` owns or reads, with the items within the scope.
    pub async fn collections(&self, scope: Scope, who: String) -> Result<Vec<Collection>> {
        self.threads
            .read(move |reader| seen(&reader.conn, &who)?.into_iter().map(|kept| whole(reader, &scope, kept)).collect())
            .await
    }

    /// # Errors
    /// [`StoreError::NotFound`], also for who neither owns nor reads it.
    pub async fn collection(&self, scope: Scope, who: String, name: String) -> Result<Collection> {
        self.threads.read(move |reader| whole(reader, &scope, find(&reader.conn, &who, &name)?)).await
    }

    /// Makes a collection of `who` (version 0), or changes description and readers of theirs.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if they see one of the name already, or it was changed since its version;
    /// [`StoreError::ReadOnly`] where it is somebody else's, [`StoreError::NotFound`] where there is none to change.
    pub async fn put_collection(
        &self,
        scope: Scope,
        who: String,
        collection: Collection,
        record: AuditRecord,
    ) -> Result<Collection> {
        let (name, reading) = (collection.name.clone(), who.clone());
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    let readers = serde_json::to_string(&collection.readers).map_err(|_error| damaged("the readers"))?;
                    match (find(transaction, &who, &collection.name), collection.version) {
                        (Err(_missing), 0) => transaction.execute(
                            "INSERT INTO collection VALUES(NULL, ?1, ?2, ?3, ?4, 1)",
                            params![who, collection.name, collection.description, readers],
                        )?,
                        (Ok(kept), 0) => {
                            check(&kept, 0)?;
                            0
                        }
                        _ => {
                            let kept = own(transaction, &who, &collection.name)?;
                            check(&kept, collection.version)?;
                            raise(transaction, kept.key)?;
                            transaction.execute(
                                "UPDATE collection SET description=?2, readers=?3 WHERE id=?1",
                                params![kept.key, collection.description, readers],
                            )?
                        }
                    };
                    audit::append(transaction, &record)?;
                    Ok(())
                })
            })
            .await?;
        self.collection(scope, reading, name).await
    }

    /// # Errors
    /// [`StoreError::Conflict`] if it was changed since `version`; else as [`Self::put_collection`].
    pub async fn remove_collection(&self, who: String, name: String, version: i64, record: AuditRecord) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    let kept = own(transaction, &who, &name)?;
                    check(&kept, version)?;
                    transaction.execute("DELETE FROM collection WHERE id=?1", [kept.key])?;
                    audit::append(transaction, &record)?;
                    Ok(())
                })
            })
            .await
    }

    /// Adds at the end; what is in it already stays where it is. The scope of a clip is the caller's.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the collection or the item, [`StoreError::ReadOnly`] where it is somebody else's.
    pub async fn collect(
        &self,
        scope: Scope,
        who: String,
        name: String,
        (kind, id): (ItemKind, String),
        record: AuditRecord,
    ) -> Result<CollectionItem> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let kept = own(transaction, &who, &name)?;
                    let item = key_of(transaction, state, &scope, kind, &id)?;
                    let added = transaction.execute(
                        "INSERT OR IGNORE INTO collection_item SELECT ?1, ?2, ?3, \
                         (SELECT ifnull(max(seq),0)+1 FROM collection_item WHERE collection=?1), ?4, ?5",
                        params![kept.key, kind.code(), item, who, Timestamp::now().as_microsecond()],
                    )?;
                    if added > 0 {
                        raise(transaction, kept.key)?;
                        audit::append(transaction, &record)?;
                    }
                    let codec = &state.shared.codec;
                    let id = match kind {
                        ItemKind::Call => codec.encode(Noun::Call, first_key(transaction, item)?),
                        ItemKind::Clip => codec.encode(Noun::Clip, item),
                    };
                    let mut statement = transaction.prepare_cached(
                        "SELECT who, added_us FROM collection_item WHERE collection=?1 AND kind=?2 AND item=?3",
                    )?;
                    Ok(statement.query_row([kept.key, kind.code(), item], |row| {
                        let added = Timestamp::from_microsecond(row.get(1)?).unwrap_or_default();
                        Ok(CollectionItem { kind, id, who: row.get(0)?, added })
                    })?)
                })
            })
            .await
    }

    /// # Errors
    /// [`StoreError::NotFound`] where it is not in it; else as [`Self::collect`].
    pub async fn uncollect(
        &self,
        scope: Scope,
        who: String,
        name: String,
        (kind, id): (ItemKind, String),
        record: AuditRecord,
    ) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let kept = own(transaction, &who, &name)?;
                    let item = key_of(transaction, state, &scope, kind, &id)?;
                    let gone = transaction.execute(
                        "DELETE FROM collection_item WHERE collection=?1 AND kind=?2 AND item=?3",
                        [kept.key, kind.code(), item],
                    )?;
                    if gone == 0 {
                        let (name, id) = (clean::line(&name, 60), clean::line(&id, 60));
                        return Err(StoreError::NotFound(format!("the {kind} {id} is not in the collection {name}")).into());
                    }
                    raise(transaction, kept.key)?;
                    audit::append(transaction, &record)?;
                    Ok(())
                })
            })
            .await
    }
}

/// Calls that stand in a collection of this name that `who` sees, themselves or by a clip.
pub(super) fn collected(reader: &Reader, name: &NamePattern, who: &str) -> Sql<Term> {
    let test = fits(name);
    let meant: Vec<i64> = seen(&reader.conn, who)?.into_iter().filter(|kept| test(&kept.name)).map(|kept| kept.key).collect();
    if meant.is_empty() {
        return Ok(Term::Const(false));
    }
    let mut statement = reader.conn.prepare_cached(
        "SELECT item FROM collection_item WHERE collection IN rarray(?1) AND kind=0 UNION \
         SELECT r.call FROM collection_item i CROSS JOIN clip k ON k.id=i.item CROSS JOIN recording r ON r.id=k.recording \
         WHERE i.collection IN rarray(?1) AND i.kind=1 AND r.call IS NOT NULL",
    )?;
    let keys = statement.query_map([array(meant)], |row| row.get(0))?;
    Ok(ids(keys.collect::<rusqlite::Result<_>>()?))
}
