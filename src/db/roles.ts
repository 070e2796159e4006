import pg from 'pg'

/** The application's role, and the name of the database that the role owns. */
export const OWNER = 'clientele'
export const SUPERUSER = 'postgres'
/** The files of a data folder that hold the passwords of these roles. */
export const PASSWORD = 'postgres.password'
export const SUPERUSER_PASSWORD = 'superuser.password'

const NEXT = `${OWNER}_next`
const HAND = `${OWNER}_hand`

/**
 * Takes its privileges from the application's role in an early cluster, in which `clientele` was the superuser. That
 * role becomes `postgres`, and a new `clientele`, which can do no more than own its database, gets everything in it.
 * The names change last and all at once, so that this can be repeated if it was interrupted.
 */
export async function demoteOwner(url: (database: string) => string, superuserPassword: () => string): Promise<void> {
  const databases = await on(url(SUPERUSER), prepare)
  for (const name of databases) await on(url(name), (client) => inTransaction(client, HAND_OVER))
  await on(url(SUPERUSER), (client) => inTransaction(client, rename(superuserPassword())))
}

export async function isSuperuser(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ is: boolean }>(
    'select rolsuper as is from pg_roles where rolname = current_user'
  )
  return rows[0]?.is ?? false
}

/**
 * Creates the new role, and the application's database if it is missing. Returns the databases that must change owners.
 */
async function prepare(client: pg.Client): Promise<string[]> {
  const own = await client.query('select from pg_database where datname = $1', [OWNER])
  if (!own.rowCount) await client.query(`create database ${OWNER}`)
  await client.query(CREATE_NEXT)
  const { rows } = await client.query<{ name: string }>(
    `select datname as name from pg_database
    where datallowconn and not datistemplate and datname <> '${SUPERUSER}'`
  )
  return rows.map(({ name }) => name)
}

// The new role has the same password hash in pg_authid, so that every process that knows the address can go on using
// it.
const CREATE_NEXT = `
  do $$ begin
    if not exists (select from pg_roles where rolname = '${NEXT}') then
      execute (select format('create role ${NEXT} login password %L', rolpassword) from pg_authid where rolname = '${OWNER}');
    end if;
  end $$
`

/**
 * PostgreSQL refuses "reassign owned" for the role that a cluster began with, so this changes each object's owner.
 * Sequences of columns and the types of tables and arrays follow their tables. Members of an extension stay the
 * superuser's, as they are when an ordinary role creates the extension. No statement changes an extension's owner, so
 * the catalog is written as PostgreSQL itself would.
 */
const HAND_OVER = `
  do $$
  declare
    one record;
    former constant oid := '${OWNER}'::regrole;
  begin
    for one in
      select named.type, named.identity
      from (
        select 'pg_namespace'::regclass as class, oid from pg_namespace where nspowner = former
        union all select 'pg_class'::regclass, oid from pg_class where relowner = former and relkind in ('r', 'p', 'v', 'm', 'S')
        union all select 'pg_proc'::regclass, oid from pg_proc where proowner = former
        union all select 'pg_type'::regclass, oid from pg_type
          where typowner = former and typcategory <> 'A' and (typrelid = 0 or exists (
            select from pg_class where pg_class.oid = typrelid and relkind = 'c'))
        union all select 'pg_collation'::regclass, oid from pg_collation where collowner = former
        union all select 'pg_statistic_ext'::regclass, oid from pg_statistic_ext where stxowner = former
      ) owned, pg_identify_object(class, oid, 0) named
      where oid >= 16384 and not exists (
        select from pg_depend
        where pg_depend.classid = class and objid = oid
          and (deptype = 'e' or deptype in ('a', 'i') and class = 'pg_class'::regclass and refobjsubid > 0))
    loop
      execute format('alter %s %s owner to ${NEXT}', replace(one.type, ' object', ''), one.identity);
    end loop;

    with given as (
      update pg_extension set extowner = '${NEXT}'::regrole where extowner = former and oid >= 16384 returning oid
    )
    insert into pg_shdepend (dbid, classid, objid, objsubid, refclassid, refobjid, deptype)
    select pg_database.oid, 'pg_extension'::regclass, given.oid, 0, 'pg_authid'::regclass, '${NEXT}'::regrole, 'o'
    from given, pg_database where datname = current_database();

    execute format('alter database %I owner to ${NEXT}', current_database());
  end $$
`

/** A role can't rename itself, so a temporary superuser does it. */
const rename = (superuserPassword: string) => `
  create role ${HAND} superuser;
  set local session authorization ${HAND};
  alter role ${OWNER} rename to ${SUPERUSER};
  alter role ${NEXT} rename to ${OWNER};
  alter role ${SUPERUSER} password '${superuserPassword}';
  set local session authorization ${SUPERUSER};
  drop role ${HAND};
`

/**
 * Allows the application's role to create databases and to end connections. Tests and benches need this: their
 * databases are copies of one another, and dropping one may run into a vacuum of PostgreSQL's.
 */
export async function allowDatabases(url: string): Promise<void> {
  await on(url, (client) => inTransaction(client, `alter role ${OWNER} createdb; grant pg_signal_backend to ${OWNER}`))
}

async function inTransaction(client: pg.Client, statements: string): Promise<void> {
  await client.query(`begin; ${statements}; commit`)
}

async function on<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
