/**
 * The door of the list engine: all that the rest of the house may ask of it (floors.jsonc). A filter narrows a list of customers,
 * and is answered with a page of it, with the ids of everybody whom it means, or with the whole list for a file.
 */
export type { ShownColumn } from './column.ts'
export type { CustomerQuery, MemberSet } from './customer-query.ts'
export { matchingIds } from './customer-query-sql.ts'
export { type Export, openExport } from './export.ts'
export { CustomerFilter } from './filter.ts'
export { type Condition, conditionsOf } from './filter-conditions.ts'
export { findNamed } from './filtered-query.ts'
export { type ListPage, listPage } from './list-page.ts'
export { shownColumns } from './listed-customers.ts'
export { mergedListPage } from './merged-page.ts'
export { looksLikePhone } from './search.ts'
export { SORTS, type SortKey } from './sorts.ts'
