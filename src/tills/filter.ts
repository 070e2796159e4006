import { line } from '../lib/fields.ts'
import { describeList } from '../lib/list-description.ts'
import { ListFilter } from '../lib/list-filter.ts'

const SHOPS = describeList({ fields: { q: line('The search', 200) }, search: 'q', choices: {} })
const TILLS = describeList({ fields: {}, choices: {} })

/** Which shops the list holds. */
export const shopFilter = (query: Record<string, unknown>) => new ListFilter(SHOPS, query)
export type ShopFilter = ReturnType<typeof shopFilter>

/** Which page of a shop's tills is shown. */
export const tillFilter = (query: Record<string, unknown>) => new ListFilter(TILLS, query)
export type TillFilter = ReturnType<typeof tillFilter>
