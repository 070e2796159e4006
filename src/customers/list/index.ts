/**
 * The door of the list engine: all that the rest of the house may ask of it (floors.jsonc). A filter narrows a list of customers,
 * and is answered with a page of it, with the ids of everybody whom it means, or with the whole list for a file.
 */
export { COLUMNS, type SortKey } from './columns.ts'
export type { CustomerQuery, MemberSet } from './customer-query.ts'
export { matchingIds } from './customer-query-sql.ts'
export { type Export, openExport } from './export.ts'
export type { ExportedCustomer } from './exported-customers.ts'
export { CustomerFilter } from './filter.ts'
export { type Condition, conditionsOf } from './filter-conditions.ts'
export { findFilterGroups } from './filtered-query.ts'
export { type ListPage, listPage } from './list-page.ts'
export { mergedListPage } from './merged-page.ts'
export { looksLikePhone } from './search.ts'
