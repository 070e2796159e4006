import pg from 'pg'

/** Objects that came with an extension are its own business. */
const own = (catalogue: string) =>
  `not exists (select from pg_depend where classid = '${catalogue}'::regclass and objid = ${catalogue}.oid and deptype = 'e')`

const HERE = `'public'::regnamespace`
const RELATION = `relnamespace = ${HERE} and ${own('pg_class')}`

/** What PostgreSQL's catalogues say about a schema, but for the order of a table's columns: one fact a row. */
const FACTS = {
  extension: `select extname, extnamespace::regnamespace::text from pg_extension`,
  schema: `select nspname, nspacl::text from pg_namespace where nspname !~ '^pg_|^information_schema$|^graphile_worker$'`,
  collation: `
    select collname, collprovider, colllocale, collcollate, collctype, collicurules, collisdeterministic from pg_collation
    where collnamespace = ${HERE}
  `,
  type: `
    select typname, typtype, format_type(typbasetype, typtypmod), typnotnull, typdefault, typacl::text,
      (select string_agg(enumlabel, ', ' order by enumsortorder) from pg_enum where enumtypid = pg_type.oid)
    from pg_type left join pg_class on pg_class.oid = typrelid
    where typnamespace = ${HERE} and (typrelid = 0 or relkind = 'c') and ${own('pg_type')}
      and not exists (select from pg_type of where of.typarray = pg_type.oid)
  `,
  function: `
    select pg_proc.oid::regprocedure::text, pg_get_functiondef(pg_proc.oid), proowner = nspowner, proacl::text
    from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
    where pronamespace = ${HERE} and prokind <> 'a' and ${own('pg_proc')}
  `,
  table: `
    select relname, relkind, relpersistence, relreplident, relrowsecurity, relforcerowsecurity, amname, reltablespace,
      reloptions::text, relacl::text, relispartition,
      (select string_agg(inhparent::regclass::text, ', ') from pg_inherits where inhrelid = pg_class.oid)
    from pg_class left join pg_am on pg_am.oid = relam where ${RELATION} and relkind <> 'i'
  `,
  view: `select relname, pg_get_viewdef(pg_class.oid) from pg_class where ${RELATION} and relkind in ('v', 'm')`,
  column: `
    select relname, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid), attidentity,
      attgenerated, collname, attstorage, attcompression, coalesce(attstattarget, -1), attoptions::text, attacl::text
    from pg_attribute join pg_class on pg_class.oid = attrelid
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
      left join pg_collation on pg_collation.oid = attcollation
    where ${RELATION} and attnum > 0 and not attisdropped
  `,
  sequence: `
    select pg_class.oid::regclass::text, seqtypid::regtype::text, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle,
      refobjid::regclass::text, attname, pg_sequence_last_value(pg_class.oid::regclass)
    from pg_sequence join pg_class on pg_class.oid = seqrelid
      left join pg_depend on classid = 'pg_class'::regclass and objid = seqrelid and deptype in ('a', 'i')
      left join pg_attribute on attrelid = refobjid and attnum = refobjsubid
    where ${RELATION} and relname <> 'migration_id_seq'
  `,
  constraint: `
    select conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid), condeferrable, condeferred, convalidated,
      conislocal, connoinherit
    from pg_constraint where connamespace = ${HERE}
  `,
  index: `
    select relname, pg_get_indexdef(indexrelid), indisprimary, indisunique, indimmediate, indisvalid, indisready, indisclustered,
      indisreplident
    from pg_index join pg_class on pg_class.oid = indexrelid where ${RELATION}
  `,
  trigger: `
    select tgrelid::regclass::text, tgname, pg_get_triggerdef(pg_trigger.oid), tgenabled
    from pg_trigger join pg_class on pg_class.oid = tgrelid where ${RELATION} and not tgisinternal
  `,
  rule: `select tablename, rulename, definition from pg_rules where schemaname = 'public'`,
  policy: `select tablename, policyname, permissive, roles::text, cmd, qual, with_check from pg_policies`,
  statistics: `select stxname, pg_get_statisticsobjdef(oid), stxstattarget from pg_statistic_ext`,
  'default privilege': `select defaclrole::regrole::text, defaclobjtype, defaclacl::text from pg_default_acl`,
  'event trigger': `select evtname, evtevent, evtfoid::regproc::text, evtenabled from pg_event_trigger`,
  publication: `select pubname, puballtables from pg_publication`,
  comment: `
    select identity, description from pg_description cross join lateral pg_identify_object(classoid, objoid, objsubid)
    where objoid >= 16384 and schema = 'public' and classoid <> 'pg_extension'::regclass
      and not exists (select from pg_depend where (classid, pg_depend.objid, deptype) = (classoid, objoid, 'e'))
  `
}

/** What of a database stays the same wherever and whenever its migrations are run, in an order that does too. */
export async function catalogueOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const facts: string[] = []
    for (const [kind, query] of Object.entries(FACTS)) {
      const { rows } = await client.query<unknown[]>({ text: query, rowMode: 'array' })
      facts.push(...rows.map((row) => `${kind} ${JSON.stringify(row)}`))
    }
    return [...facts, ...(await rowsOf(client))].toSorted()
  } finally {
    await client.end()
  }
}

/** The rows that migrations have put into tables; their moments are another's. */
async function rowsOf(client: pg.Client): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string; moments: string[] }>(`
    select relname as name, array_agg(attname::text) filter (where atttypid = 'timestamptz'::regtype) as moments
    from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
    where ${RELATION} and relkind = 'r' and relname <> 'migration' group by relname
  `)
  const found: string[] = []
  for (const { name, moments } of tables) {
    const { rows } = await client.query<{ row: object }>(`select to_jsonb(t) - $1::text[] as row from ${name} t`, [
      moments ?? []
    ])
    found.push(...rows.map(({ row }) => `row of ${name} ${JSON.stringify(row)}`))
  }
  return found
}

// node test/db/catalogue.ts postgres://…
if (import.meta.main) console.log((await catalogueOf(process.argv[2] ?? '')).join('\n'))
